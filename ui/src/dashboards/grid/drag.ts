/**
 * Dragging of widgets with the pointer: within a grid, from one grid into another, and new ones
 * from the tray. Each grid says by itself which cell a rectangle falls into; what is dragged over it
 * is told to all grids, which show how things would stand. Nothing is changed before the drop.
 */
import { createContext, useContext, useSyncExternalStore } from 'react';

import { blockAt, type Follower } from '../block';
import type { BoardEditing } from '../board';
import type { Widget } from '../model';
import { follow, scrollerOf } from './follow';
import type { Place, Placed } from './layout';

export interface DragState {
  kind: 'move' | 'resize' | 'new';
  /** 0 for a new one. */
  id: number;
  /** The grid under it; null outside of all. */
  over: string | null;
  place: Place;
  /** The selected ones that go along. */
  followers: readonly Follower[];
}

const ALONE: readonly Follower[] = [];

/** All that is moved, where it would stand on a grid. */
export function movedTo({ id, place, followers }: DragState, group: number | undefined): Placed[] {
  return blockAt(id, place, followers, group);
}

export interface Rect {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface GridHandle {
  element: HTMLElement;
  group: number | undefined;
  /** Whether this may be dropped here: no group in a group. */
  takes: (widget: Widget) => boolean;
  /** `ids` are moved: the cells of the others count. */
  cellAt: (rect: Rect, size: { width: number; height: number }, ids: readonly number[]) => Place;
}

export interface Drag {
  get: () => DragState | null;
  subscribe: (listener: () => void) => () => void;
  register: (key: string, handle: GridHandle) => () => void;
  startMove: (event: PointerEvent, frame: HTMLElement, widget: Widget, place: Place) => void;
  startResize: (event: PointerEvent, frame: HTMLElement, at: { key: string; id: number; place: Place; edges: 'x' | 'y' | 'xy' }) => void;
  /** `make` is called at the drop. */
  startNew: (event: PointerEvent, make: () => Widget, size: { width: number; height: number }) => void;
}

export const ROOT = 'root';

/** `followersOf` says what goes along with a widget. */
export function createDrag(editing: () => BoardEditing | undefined, followersOf: (id: number) => readonly Follower[]): Drag {
  let state: DragState | null = null;
  const listeners = new Set<() => void>();
  const grids = new Map<string, GridHandle>();
  const set = (next: DragState | null) => {
    const isSame = state && next && state.over === next.over && JSON.stringify(state.place) === JSON.stringify(next.place);
    if (isSame) return;
    state = next;
    for (const listener of listeners) listener();
  };

  /**
   * The innermost grid under a point that takes the widget, by where the grids were when the drag
   * began: what gives way must not run away under the pointer.
   */
  let gridAt: (x: number, y: number, widget: Widget) => [string, GridHandle] | undefined = () => undefined;
  const lookAround = () => {
    const scroller = scrollerOf();
    const top = scroller?.scrollTop ?? 0;
    const root = grids.get(ROOT);
    const board = root?.element.closest('[data-board]')?.getBoundingClientRect();
    const groups = [...grids].filter(([key]) => key !== ROOT).map(([key, handle]) => ({ key, handle, rect: handle.element.getBoundingClientRect() }));
    gridAt = (x, y, widget) => {
      const scrolled = y + (scroller?.scrollTop ?? 0) - top;
      const group = groups.find(({ handle, rect }) => handle.takes(widget) && x >= rect.left && x <= rect.right && scrolled >= rect.top && scrolled <= rect.bottom);
      if (group) return [group.key, group.handle];
      // Beside and below the widgets is the dashboard, too.
      return root?.takes(widget) && board && x >= board.left && x <= board.right && y >= board.top && y <= board.bottom ? [ROOT, root] : undefined;
    };
  };

  const startMove: Drag['startMove'] = (event, frame, widget, place) => {
    const rect = frame.getBoundingClientRect();
    const id = widget.id ?? 0;
    let followers = ALONE;
    const tabs = tabTarget();
    follow(event, {
      begin: () => {
        lookAround();
        followers = followersOf(id);
        float(frame, rect, followers.length + 1);
        frame.style.transformOrigin = `${event.clientX - rect.left}px ${event.clientY - rect.top}px`;
      },
      move: (dx, dy, pointer) => {
        Object.assign(frame.style, { left: `${rect.left + dx}px`, top: `${rect.top + dy}px` });
        const isOverTab = tabs.over(pointer) !== undefined;
        frame.toggleAttribute('data-small', isOverTab);
        const found = isOverTab ? undefined : gridAt(pointer.clientX, pointer.clientY, widget);
        const moved = { left: rect.left + dx, top: rect.top + dy, width: rect.width, height: rect.height };
        const ids = [id, ...followers.map((follower) => follower.id)];
        set({ kind: 'move', id, over: found?.[0] ?? null, place: found ? found[1].cellAt(moved, place, ids) : place, followers });
      },
      end: (isDropped) => {
        const dropped = state;
        const tab = tabs.end();
        land(frame);
        set(null);
        if (!isDropped || !dropped) return;
        if (tab !== undefined) editing()?.toTab(id, tab);
        else if (dropped.over !== null) editing()?.move(id, { group: grids.get(dropped.over)?.group, place: dropped.place });
      },
    });
  };

  const startResize: Drag['startResize'] = (event, frame, { key, id, place, edges }) => {
    const rect = frame.getBoundingClientRect();
    // A cell's size as it is drawn now.
    const [cellX, cellY] = [(rect.width + 8) / place.width, (rect.height + 8) / place.height];
    follow(event, {
      begin: () => {},
      move: (dx, dy) => {
        const width = edges === 'y' ? place.width : Math.max(1, Math.round((rect.width + 8 + dx) / cellX));
        const height = edges === 'x' ? place.height : Math.max(1, Math.round((rect.height + 8 + dy) / cellY));
        set({ kind: 'resize', id, over: key, place: { ...place, width, height }, followers: ALONE });
      },
      end: (isDropped) => {
        const dropped = state;
        set(null);
        if (isDropped && dropped) editing()?.resize(id, { width: dropped.place.width, height: dropped.place.height });
      },
    });
  };

  const startNew: Drag['startNew'] = (event, make, size) => {
    const sample = make();
    follow(event, {
      begin: lookAround,
      move: (_dx, _dy, pointer) => {
        const found = gridAt(pointer.clientX, pointer.clientY, sample);
        const rect = { left: pointer.clientX - 40, top: pointer.clientY - 16, width: 80, height: 32 };
        set({ kind: 'new', id: 0, over: found?.[0] ?? null, place: found ? found[1].cellAt(rect, size, [0]) : { x: 0, y: 0, ...size }, followers: ALONE });
      },
      end: (isDropped) => {
        const dropped = state;
        set(null);
        if (isDropped && dropped?.over != null) editing()?.add(make(), { group: grids.get(dropped.over)?.group, place: dropped.place });
      },
    });
  };

  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    register(key, handle) {
      grids.set(key, handle);
      return () => {
        if (grids.get(key) === handle) grids.delete(key);
      };
    },
    startMove,
    startResize,
    startNew,
  };
}

/** The tab under the pointer, as the bar of tabs marks it; it is lit while something is over it. */
function tabTarget() {
  let lit: HTMLElement | undefined;
  const light = (element: HTMLElement | undefined) => {
    if (lit === element) return;
    if (lit) delete lit.dataset['over'];
    if (element) element.dataset['over'] = '';
    lit = element;
  };
  return {
    over({ clientX, clientY }: PointerEvent): string | undefined {
      light(document.elementFromPoint(clientX, clientY)?.closest<HTMLElement>('[data-drop-tab]') ?? undefined);
      return lit?.dataset['dropTab'];
    },
    end(): string | undefined {
      const tab = lit?.dataset['dropTab'];
      light(undefined);
      return tab;
    },
  };
}

/** Lifts a frame off its grid: it follows the pointer over everything, and says how many it stands for. */
function float(frame: HTMLElement, rect: Rect, count: number): void {
  frame.dataset['floating'] = count > 1 ? String(count) : '';
  Object.assign(frame.style, { position: 'fixed', left: `${rect.left}px`, top: `${rect.top}px`, width: `${rect.width}px`, height: `${rect.height}px` });
}

function land(frame: HTMLElement): void {
  delete frame.dataset['floating'];
  delete frame.dataset['small'];
  Object.assign(frame.style, { position: '', left: '', top: '', width: '', height: '', transformOrigin: '' });
}

export const DragOf = createContext<Drag | null>(null);

const never = () => () => {};
const nothing = () => null;

export function useDrag(): [Drag | null, DragState | null] {
  const drag = useContext(DragOf);
  const state = useSyncExternalStore(drag?.subscribe ?? never, drag?.get ?? nothing);
  return [drag, state];
}
