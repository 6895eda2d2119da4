import type { PointerEvent } from 'react';

import styles from './table.module.css';

interface Props {
  /** Whose width it is. */
  label: string;
  onResize: (width: number) => void;
}

const WIDTH_MIN = 48;
const WIDTH_MAX = 1200;

export const clampWidth = (width: number): number => Math.round(Math.max(WIDTH_MIN, Math.min(WIDTH_MAX, width)));

/** The edge of a column's heading, to drag. The keys for it are of the heading: Alt with ← and →. */
export function ColumnGrip({ label, onResize }: Props) {
  const start = (event: PointerEvent<HTMLSpanElement>) => {
    const grip = event.currentTarget;
    const heading = grip.parentElement;
    if (!heading) return;
    event.preventDefault();
    event.stopPropagation();
    grip.setPointerCapture(event.pointerId);
    const offset = heading.getBoundingClientRect().width - event.clientX;
    const move = (moved: globalThis.PointerEvent) => onResize(clampWidth(moved.clientX + offset));
    const end = () => {
      grip.removeEventListener('pointermove', move);
      grip.removeEventListener('pointerup', end);
      grip.removeEventListener('pointercancel', end);
    };
    grip.addEventListener('pointermove', move);
    grip.addEventListener('pointerup', end);
    grip.addEventListener('pointercancel', end);
  };
  return <span className={styles.grip} title={`Width of ${label} (Alt ← →)`} aria-hidden onPointerDown={start} />;
}
