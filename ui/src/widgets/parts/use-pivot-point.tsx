/** The shared menu of whatever was clicked in a widget. */
import { useState, type MouseEvent, type ReactNode } from 'react';
import { createPortal } from 'react-dom';

import { PointPivot, type PivotPoint } from '../../charts';
import type { WidgetDefinition } from '../../dashboards/model';
import { useWidget } from '../context';
import { customLinks } from '../query/links';
import styles from './pivot.module.css';

type Of = Omit<PivotPoint, 'x' | 'y'>;

export function usePivotPoint(definition: WidgetDefinition): { open: (event: MouseEvent, of: Of) => void; menu: ReactNode } {
  const { range, variables, onFilter } = useWidget();
  const [point, setPoint] = useState<PivotPoint | null>(null);
  const open = (event: MouseEvent, of: Of) => {
    // A key's click has no place: the menu opens at what has the focus.
    const box = event.currentTarget.getBoundingClientRect();
    const isKey = event.detail === 0;
    setPoint({ ...of, x: isKey ? box.left + 12 : event.clientX, y: isKey ? box.bottom : event.clientY });
  };
  // In the body: within something that is transformed, `fixed` would not be the window's.
  const menu = point && createPortal(
    <div className={styles.place}>
      <PointPivot point={point} onFilter={onFilter} extra={customLinks(definition['custom_links'], { tags: point.tags, range, variables })} onClose={() => setPoint(null)} />
    </div>,
    document.body,
  );
  return { open, menu };
}
