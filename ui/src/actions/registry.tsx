/** The actions that are there now: each mounted part brings its own. */
import { useEffect, useRef, useSyncExternalStore } from 'react';

import type { Action } from './action';
import { isTyping, matcher, pressOf } from './keys';

/** Whose actions they are: a page's stand in for the shell's of the same id, whichever came first. */
export type Layer = 'shell' | 'page';

const sets = new Map<symbol, { layer: Layer; actions: Action[] }>();
const listeners = new Set<() => void>();
let flat: Action[] = [];

function rebuild(): void {
  const byId = new Map<string, Action>();
  for (const layer of ['shell', 'page'] as const) {
    for (const set of sets.values()) if (set.layer === layer) for (const action of set.actions) byId.set(action.id, action);
  }
  flat = [...byId.values()];
  for (const listener of listeners) listener();
}

export function currentActions(): readonly Action[] {
  return flat;
}

export function useAllActions(): readonly Action[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => flat,
  );
}

/** Offers actions while the component is mounted. `run` and `when` always see the latest render. */
export function useActions(actions: Action[], layer: Layer = 'page'): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  // Registered anew only when what is shown changes, not on each render.
  const shape = JSON.stringify(actions.map(({ id, label, group, shortcut, keywords }) => [id, label, group, shortcut, keywords]));
  useEffect(() => {
    const key = Symbol('actions');
    const byId = (id: string) => latest.current.find((action) => action.id === id);
    const stable = latest.current.map((action) => ({
      ...action,
      run: () => byId(action.id)?.run(),
      when: () => byId(action.id)?.when?.() ?? true,
    }));
    sets.set(key, { layer, actions: stable });
    rebuild();
    return () => {
      sets.delete(key);
      rebuild();
    };
  }, [shape, layer]);
}

/** Listens for the shortcuts of all actions. Once, by the shell. */
export function useShortcuts(): void {
  useEffect(() => {
    const keys = matcher();
    const onKeyDown = (event: KeyboardEvent) => {
      const press = pressOf(event);
      if (event.defaultPrevented || event.isComposing || ['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return;
      if (isTyping(event.target) && !press.startsWith('Ctrl+')) return;
      // An open dialog or menu has the keyboard for itself.
      if (document.querySelector('[role="dialog"][data-modal], [role="menu"]') && !press.startsWith('Ctrl+')) return;
      const action = keys.press(press, event.timeStamp, flat);
      if (!action) return;
      event.preventDefault();
      action.run();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
