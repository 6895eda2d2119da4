/** A value that the browser keeps; with storage forbidden it lives as long as the page. */
export interface Stored {
  get: () => string;
  set: (value: string) => void;
  subscribe: (listener: () => void) => () => void;
}

export function stored(key: string, fallback: string): Stored {
  let value = read(key) ?? fallback;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      value = next;
      try {
        localStorage.setItem(key, next);
      } catch {
        // Storage is forbidden or full: the value holds for this page.
      }
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
