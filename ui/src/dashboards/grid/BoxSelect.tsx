/**
 * A box drawn over the board selects the widgets that it touches. It begins where no widget is: beside
 * them, or between those of a group, and then only they are meant. A group is selected when it is
 * wholly in the box.
 */
import { useEffect, useRef, useState, type RefObject } from 'react';

import { follow, scrollerOf } from './follow';
import styles from './grid.module.css';

interface Props {
  place: RefObject<HTMLElement | null>;
  selected: ReadonlySet<number>;
  onSelect: (ids: readonly number[]) => void;
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export function BoxSelect({ place, selected, onSelect }: Props) {
  const [box, setBox] = useState<Box | null>(null);
  const latest = useRef(selected);
  useEffect(() => {
    latest.current = selected;
  });
  useEffect(() => {
    const board = place.current;
    if (!board) return;
    const onDown = (down: PointerEvent) => {
      const grid = down.button === 0 && down.pointerType !== 'touch' ? gridOf(down.target as Element, board) : undefined;
      if (!grid) return;
      const before = [...latest.current];
      const base = down.shiftKey || down.ctrlKey || down.metaKey ? before : [];
      if (base.length === 0 && !(down.target as Element).closest('[data-frame]')) onSelect([]);
      const scroller = scrollerOf();
      const top = scroller?.scrollTop ?? 0;
      let chosen: readonly number[] = [];
      follow(down, {
        begin: () => window.getSelection()?.removeAllRanges(),
        move: (dx, dy) => {
          // It began at a place of the board, which may have been scrolled since.
          const y = down.clientY - ((scroller?.scrollTop ?? 0) - top);
          const next = between(down.clientX, y, down.clientX + dx, down.clientY + dy);
          setBox(next);
          const ids = framesIn(grid, next);
          if (ids.join() !== chosen.join()) onSelect([...base, ...ids]);
          chosen = ids;
        },
        end: (isDropped) => {
          setBox(null);
          if (!isDropped) return onSelect(before);
          // For the arrows.
          if (chosen.length > 0) board.querySelector<HTMLElement>(`[data-frame="${chosen[0]}"]`)?.focus({ preventScroll: true });
        },
      });
    };
    board.addEventListener('pointerdown', onDown);
    return () => board.removeEventListener('pointerdown', onDown);
  }, [place, onSelect]);
  return box && <div className={styles.box} style={{ left: box.left, top: box.top, width: box.right - box.left, height: box.bottom - box.top }} aria-hidden />;
}

/** The grid whose empty room is under the pointer. */
function gridOf(target: Element, board: HTMLElement): Element | undefined {
  if (target.closest('button, a, input, textarea, select, [data-grip]')) return undefined;
  const frame = target.closest('[data-frame]');
  if (!frame) return board.querySelector('[data-grid]') ?? undefined;
  const grid = target.closest('[data-grid]');
  return grid && frame.contains(grid) && grid !== frame.closest('[data-grid]') ? grid : undefined;
}

function between(x: number, y: number, toX: number, toY: number): Box {
  return { left: Math.min(x, toX), top: Math.min(y, toY), right: Math.max(x, toX), bottom: Math.max(y, toY) };
}

/** The widgets of a grid itself, not those in its groups. */
function framesIn(grid: Element, box: Box): number[] {
  return [...grid.querySelectorAll<HTMLElement>('[data-frame]')].flatMap((frame) => {
    if (frame.parentElement?.closest('[data-grid]') !== grid) return [];
    const { left, top, right, bottom } = frame.getBoundingClientRect();
    const isIn = frame.dataset['group'] === undefined ? left < box.right && right > box.left && top < box.bottom && bottom > box.top : left >= box.left && right <= box.right && top >= box.top && bottom <= box.bottom;
    return isIn ? [Number(frame.dataset['frame'])] : [];
  });
}
