/** One widget over all of the page; ← and → go through the others. */
import { ChevronLeft, ChevronRight, Pencil, X } from 'lucide-react';
import { useEffect, useRef } from 'react';

import { useActions } from '../../actions';
import { IconButton } from '../../components';
import { isGroup } from '../../dashboards/grid/pixels';
import { allWidgets } from '../../dashboards/ids';
import type { Dashboard, Widget } from '../../dashboards/model';
import { substituteText, type Variables } from '../../dashboards/variables';
import { kindOf } from '../../widgets/registry';
import { WidgetView } from '../../widgets/WidgetView';
import styles from './dashboard.module.css';

interface Props {
  dashboard: Dashboard;
  widget: Widget;
  variables: Variables;
  onFilter: (tag: string, isOut: boolean) => void;
  /** Undefined closes. */
  onShow: (id: number | undefined) => void;
  onEdit: ((id: number) => void) | undefined;
}

export function FullScreenWidget({ dashboard, widget, variables, onFilter, onShow, onEdit }: Props) {
  const list = allWidgets(dashboard).map((one) => one.widget).filter((one) => !isGroup(one) || one === widget);
  const at = list.findIndex(({ id }) => id === widget.id);
  const go = (by: number) => onShow(list[(at + by + list.length) % list.length]?.id);
  const place = useRef<HTMLElement>(null);
  useEffect(() => place.current?.focus(), [widget.id]);
  useActions([
    { id: 'widget.next', label: 'Next widget', group: 'Full screen', shortcut: 'ArrowRight', run: () => go(1) },
    { id: 'widget.previous', label: 'Previous widget', group: 'Full screen', shortcut: 'ArrowLeft', run: () => go(-1) },
    { id: 'widget.close', label: 'Leave full screen', group: 'Full screen', shortcut: 'Escape', run: () => onShow(undefined) },
  ]);
  const { definition, id } = widget;
  const title = substituteText(definition.title ?? '', variables) || (kindOf(definition.type)?.label ?? definition.type);
  // The frame has its own heading.
  const { title: _, ...rest } = definition;
  return (
    <section ref={place} className={styles.full} aria-label={`${title}, full screen`} tabIndex={-1}>
      <header className={styles.fullHead}>
        <h2>{title}</h2>
        <span className={styles.count}>
          {at + 1} of {list.length}
        </span>
        <IconButton label="Previous widget" shortcut="←" icon={<ChevronLeft />} onClick={() => go(-1)} />
        <IconButton label="Next widget" shortcut="→" icon={<ChevronRight />} onClick={() => go(1)} />
        {onEdit && id !== undefined && <IconButton label="Edit" shortcut="e" icon={<Pencil />} onClick={() => onEdit(id)} />}
        <IconButton label="Leave full screen" shortcut="Esc" icon={<X />} onClick={() => onShow(undefined)} />
      </header>
      <div className={styles.fullBody} data-frame={id}>
        <WidgetView key={id} definition={kindOf(definition.type)?.hasOwnTitle ? definition : rest} variables={variables} dashboardId={dashboard.id} onFilter={onFilter} eager />
      </div>
    </section>
  );
}
