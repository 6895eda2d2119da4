/** What was run before, newest first, as the browser keeps it. */
import { stored } from '../util/storage';

const ENTRIES_MAX = 50;

export interface RunHistory {
  add: (text: string) => void;
  list: () => string[];
}

export function runHistory(name: string): RunHistory {
  const item = stored(`procyon.history.${name}`, '[]');
  const list = () => {
    try {
      const value: unknown = JSON.parse(item.get());
      return Array.isArray(value) ? value.filter((text): text is string => typeof text === 'string') : [];
    } catch {
      return [];
    }
  };
  return {
    list,
    add(text) {
      if (text.trim() === '') return;
      item.set(JSON.stringify([text, ...list().filter((other) => other !== text)].slice(0, ENTRIES_MAX)));
    },
  };
}
