import { useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';

import { cx } from '../../util/cx';
import type { WidgetKind } from '../../widgets/registry';
import { iconOf } from './icons';
import styles from './tray.module.css';

interface Props {
  kind: WidgetKind;
  /** Where the pointer was last. */
  x: number;
  y: number;
  /** Over a grid: it can be dropped. */
  isOver: boolean;
}

/** What is dragged from the tray, at the pointer. */
export function Carried({ kind, x, y, isOver }: Props) {
  const chip = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const follow = (event: globalThis.PointerEvent) => {
      if (chip.current) chip.current.style.transform = `translate(${event.clientX + 10}px, ${event.clientY + 8}px)`;
    };
    window.addEventListener('pointermove', follow);
    return () => window.removeEventListener('pointermove', follow);
  }, []);
  const Icon = iconOf(kind.icon);
  return createPortal(
    <div ref={chip} className={cx(styles.carried, isOver && styles.over)} style={{ transform: `translate(${x + 10}px, ${y + 8}px)` }} aria-hidden>
      <Icon />
      {kind.label}
    </div>,
    document.body,
  );
}
