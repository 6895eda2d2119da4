/** The kinds of widgets: drag one onto the dashboard, or click it to add it at the end. */
import { X } from 'lucide-react';
import type { PointerEvent } from 'react';

import { IconButton } from '../../components';
import { KINDS, type WidgetKind } from '../../widgets/registry';
import { useDrag } from '../grid/drag';
import { newId } from '../ids';
import type { Widget } from '../model';
import styles from './tray.module.css';

export interface TrayProps {
  onAdd: (widget: Widget) => void;
  onClose: () => void;
}

export default function Tray({ onAdd, onClose }: TrayProps) {
  const [drag] = useDrag();
  const makeOf = (kind: WidgetKind) => (): Widget => ({ id: newId(), definition: kind.make() });
  const start = (kind: WidgetKind) => (event: PointerEvent) => {
    if (event.button !== 0 || !drag) return;
    drag.startNew(event.nativeEvent, makeOf(kind), kind.size);
  };
  return (
    <aside className={styles.tray} aria-label="Widgets to add">
      <header>
        <h2>Add widgets</h2>
        <IconButton label="Close the tray" icon={<X />} onClick={onClose} />
      </header>
      <div className={styles.kinds}>
        {KINDS.map((kind) => (
          <button key={kind.type} type="button" className={styles.kind} onPointerDown={start(kind)} onClick={() => onAdd({ ...makeOf(kind)(), layout: { x: 0, y: 0, ...kind.size } })}>
            {kind.label}
          </button>
        ))}
      </div>
    </aside>
  );
}
