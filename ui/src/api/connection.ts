/**
 * Whether the server answers. One failed call marks it gone; a probe then asks its health with
 * growing pauses, and the first answer of any kind marks it back.
 */
export type Connection = 'ok' | 'gone';

const PAUSES_MS = [1000, 2000, 4000, 8000];

let state: Connection = 'ok';
let tries = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

export const connection = {
  get: (): Connection => state,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  reached(): void {
    set('ok');
  },
  lost(): void {
    set('gone');
  },
};

function set(next: Connection): void {
  if (next === state) return;
  state = next;
  clearTimeout(timer);
  tries = 0;
  if (state === 'gone') schedule();
  for (const listener of listeners) listener();
}

function schedule(): void {
  const pause = PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)] ?? 8000;
  tries += 1;
  timer = setTimeout(() => void probe(), pause);
}

async function probe(): Promise<void> {
  try {
    const answer = await fetch('/api/procyon/health', { cache: 'no-store' });
    if (answer.ok) return set('ok');
  } catch {
    // Still away.
  }
  if (state === 'gone') schedule();
}
