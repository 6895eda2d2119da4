/**
 * Key presses to actions. Text fields keep their keys, except chords with Ctrl or Meta.
 * A sequence such as `g m` waits a second for its next key.
 */
import { canRun, type Action } from './action';

const SEQUENCE_MS = 1000;

/** The name of a press as shortcuts write it: `?`, `Ctrl+K`, `Escape`. */
export function pressOf(event: KeyboardEvent): string {
  const chord = event.ctrlKey || event.metaKey;
  const key = event.key.length === 1 && chord ? event.key.toUpperCase() : event.key;
  const shift = event.shiftKey && (key.length > 1 || chord) ? 'Shift+' : '';
  return `${chord ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${shift}${key}`;
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.tagName === 'TEXTAREA' || target.tagName === 'SELECT') return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit'].includes(target.type);
}

export interface Matcher {
  /** The action that this press completes. */
  press: (press: string, at: number, actions: readonly Action[]) => Action | undefined;
  /** Whether a sequence has begun. */
  isPending: () => boolean;
}

export function matcher(): Matcher {
  let pending: { press: string; at: number } | undefined;
  return {
    isPending: () => pending !== undefined,
    press(press, at, actions) {
      const first = pending && at - pending.at <= SEQUENCE_MS ? pending.press : undefined;
      pending = undefined;
      const wanted = first === undefined ? press : `${first} ${press}`;
      const found = actions.find((action) => shortcutsOf(action).includes(wanted) && canRun(action));
      if (found) return found;
      const begins = actions.some((action) => shortcutsOf(action).some((text) => text.startsWith(`${press} `)));
      if (begins) pending = { press, at };
      // A sequence that leads nowhere leaves its last key for itself.
      if (first !== undefined && !begins) return actions.find((action) => shortcutsOf(action).includes(press) && canRun(action));
      return undefined;
    },
  };
}

function shortcutsOf(action: Action): string[] {
  return action.shortcut === undefined ? (action.aliases ?? []) : [action.shortcut, ...(action.aliases ?? [])];
}
