/** A widget's place on a grid: its edge, its tools, and the handles to move and resize it. */
import { Ellipsis, Maximize2, Pencil } from 'lucide-react';
import { memo, useMemo, useRef, type KeyboardEvent, type MouseEvent, type PointerEvent } from 'react';

import { IconButton, Menu } from '../../components';
import { cx } from '../../util/cx';
import { kindOf } from '../../widgets/registry';
import { WidgetView } from '../../widgets/WidgetView';
import { useBoard, type Board } from '../board';
import type { Widget } from '../model';
import { useDrag } from './drag';
import { FrameOf } from './frame-context';
import styles from './grid.module.css';
import type { Placed } from './layout';
import { isGroup } from './pixels';

interface Props {
  widget: Widget;
  place: Placed;
  gridKey: string;
  columns: number;
}

const Drawn = memo(WidgetView);

export function Frame({ widget, place, gridKey, columns }: Props) {
  const board = useBoard();
  const [drag, state] = useDrag();
  const frame = useRef<HTMLDivElement>(null);
  const { id, definition } = widget;
  const group = isGroup(widget);
  const context = useMemo(() => ({ id, columns: Math.min(place.width, columns) }), [id, place.width, columns]);
  const { editing } = board;
  const start = (event: PointerEvent) => {
    if (event.button !== 0 || !frame.current || !drag) return;
    event.preventDefault();
    frame.current.focus({ preventScroll: true });
    drag.startMove(event.nativeEvent, frame.current, widget, place);
  };
  const resize = (edges: 'x' | 'y' | 'xy') => (event: PointerEvent) => {
    if (event.button !== 0 || !frame.current || !drag || id === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    drag.startResize(event.nativeEvent, frame.current, { key: gridKey, id, place, edges });
  };
  return (
    <div
      ref={frame}
      className={cx(styles.frame, editing && styles.editing, id !== undefined && board.selected?.has(id) && styles.selected, state?.id === id && styles.dragged, state?.followers.some((one) => one.id === id) && styles.follows)}
      data-frame={id}
      data-group={group || undefined}
      tabIndex={editing ? 0 : -1}
      onKeyDown={(event) => editing && id !== undefined && onKeyDown(event, editing, id, place)}
      onDoubleClick={(event) => id !== undefined && isTitle(event) && board.edit?.(id)}
      onPointerDownCapture={(event) => editing && id !== undefined && event.button === 0 && selectOf(event, board, id)}
      onMouseDownCapture={(event) => editing && isMore(event) && event.preventDefault()}
      onClickCapture={(event) => editing && isMore(event) && event.stopPropagation()}
    >
      <FrameOf value={context}>
        <Drawn
          definition={definition}
          variables={board.variables}
          {...(board.dashboardId === undefined ? {} : { dashboardId: board.dashboardId })}
          {...(board.eager ? { eager: true } : {})}
          {...(board.onFilter ? { onFilter: board.onFilter } : {})}
        />
      </FrameOf>
      {editing && <div className={cx(styles.grip, kindOf(definition.type)?.isBare && !group && styles.whole)} onPointerDown={start} data-grip aria-hidden />}
      <Tools board={board} id={id} />
      {editing && id !== undefined && (
        <>
          <div className={styles.right} onPointerDown={resize('x')} aria-hidden />
          {!group && <div className={styles.bottom} onPointerDown={resize('y')} aria-hidden />}
          {!group && <div className={styles.corner} onPointerDown={resize('xy')} aria-hidden />}
        </>
      )}
    </div>
  );
}

/** Of this frame, not of one in it. */
function isTitle({ target, currentTarget }: MouseEvent): boolean {
  const title = (target as Element).closest('[data-grip], header');
  return title !== null && !(target as Element).closest('button, a') && title.closest('[data-frame]') === currentTarget;
}

/** Adds to what is selected, and does nothing else: neither text nor points of a graph are meant. */
function isMore({ shiftKey, ctrlKey, metaKey }: MouseEvent | PointerEvent): boolean {
  return shiftKey || ctrlKey || metaKey;
}

/** Before that it is a click. */
const CLICK_PX = 4;

/** The innermost frame under the pointer is meant. */
function selectOf(event: PointerEvent, board: Board, id: number): void {
  const target = event.target as Element;
  if (target.closest('[data-frame]') !== event.currentTarget || target.closest('[data-tools]')) return;
  if (isMore(event) || !board.selected?.has(id)) return board.select?.(id, isMore(event));
  // One of several may be about to be dragged with the others: it is selected alone by a click only.
  const { clientX, clientY } = event;
  const onUp = (up: globalThis.PointerEvent) => {
    if (Math.hypot(up.clientX - clientX, up.clientY - clientY) < CLICK_PX) board.select?.(id, false);
  };
  window.addEventListener('pointerup', onUp, { once: true });
}

function Tools({ board, id }: { board: Board; id: number | undefined }) {
  if (id === undefined || (!board.menuOf && !board.open)) return null;
  return (
    <div className={styles.tools} data-tools>
      {board.editing && <IconButton label="Edit" shortcut="e" icon={<Pencil />} onClick={() => board.editing?.edit(id)} />}
      {board.open && <IconButton label="Full screen" icon={<Maximize2 />} onClick={() => board.open?.(id)} />}
      {board.menuOf && (
        <Menu items={board.menuOf(id)}>
          <button type="button" className={styles.more} aria-label="Widget menu">
            <Ellipsis />
          </button>
        </Menu>
      )}
    </div>
  );
}

const STEPS: Readonly<Record<string, [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Arrows move, with Shift they resize; Delete removes, Enter edits. */
function onKeyDown(event: KeyboardEvent, editing: NonNullable<Board['editing']>, id: number, place: Placed): void {
  if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = STEPS[event.key];
  if (step && event.shiftKey) editing.resize(id, { width: Math.max(1, place.width + step[0]), height: Math.max(1, place.height + step[1]) });
  else if (step) {
    const group = Number((event.currentTarget as HTMLElement).closest<HTMLElement>('[data-grid]')?.dataset['grid']);
    editing.move(id, { group: Number.isNaN(group) ? undefined : group, place: { ...place, x: Math.max(0, place.x + step[0]), y: Math.max(0, place.y + (step[1] > 0 ? place.height : step[1])) } });
  } else if (event.key === 'Delete' || event.key === 'Backspace') editing.remove(id);
  else if (event.key === 'Enter') editing.edit(id);
  else return;
  event.preventDefault();
  event.stopPropagation();
}
