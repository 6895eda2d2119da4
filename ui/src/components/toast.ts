/** Short messages at the foot of the page. */
export interface ToastMessage {
  id: number;
  text: string;
  isError: boolean;
  /** Undoes what the message tells of. */
  undo?: () => void;
  /** A page to go to. */
  link?: { label: string; to: string };
}

const LIFE_MS = 5000;
const SHOWN_MAX = 4;

let shown: readonly ToastMessage[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

export function toast(text: string, options: { isError?: boolean; undo?: () => void; link?: { label: string; to: string } } = {}): void {
  lastId += 1;
  const id = lastId;
  shown = [...shown.slice(-SHOWN_MAX + 1), { id, text, isError: options.isError ?? false, ...(options.undo ? { undo: options.undo } : {}), ...(options.link ? { link: options.link } : {}) }];
  for (const listener of listeners) listener();
  setTimeout(() => dismiss(id), LIFE_MS);
}

export function dismiss(id: number): void {
  shown = shown.filter((message) => message.id !== id);
  for (const listener of listeners) listener();
}

export const toasts = {
  get: () => shown,
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
