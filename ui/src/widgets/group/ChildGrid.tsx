import { useContext } from 'react';

import type { Widget } from '../../dashboards/model';
import { WidgetContextOf } from '../context';
import { WidgetView } from '../WidgetView';
import { childrenOf, placesOf } from './children';
import styles from './group.module.css';

/** The widgets of a group where nothing is moved. */
export function ChildGrid({ widgets }: { widgets: unknown }) {
  const { variables, dashboardId, onFilter, isActive, isEager } = useContext(WidgetContextOf);
  const children = childrenOf(widgets);
  const places = placesOf(children);
  if (children.length === 0) return <p className={styles.empty}>Nothing is in this group yet</p>;
  const view = (widget: Widget) => (
    <WidgetView definition={widget.definition} variables={variables} eager={isEager && isActive} {...(dashboardId ? { dashboardId } : {})} {...(onFilter ? { onFilter } : {})} />
  );
  return (
    <div className={styles.grid}>
      {children.map((widget, at) => {
        const { x, y, width, height } = places[at] ?? { x: 0, y: 0, width: 12, height: 1 };
        return (
          <div key={widget.id ?? at} className={styles.cell} style={{ gridColumn: `${x + 1} / span ${width}`, gridRow: `${y + 1} / span ${height}` }}>
            {view(widget)}
          </div>
        );
      })}
    </div>
  );
}
