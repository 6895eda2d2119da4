/** A tooltip that follows the pointer over a drawing; the drawing itself is not drawn again. */
import { useMemo, useSyncExternalStore, type ReactNode } from 'react';
import { createPortal } from 'react-dom';

import styles from './tip.module.css';

interface Shown {
  x: number;
  y: number;
  content: ReactNode;
}

export interface Tip {
  show: (event: { clientX: number; clientY: number }, content: ReactNode) => void;
  hide: () => void;
  node: ReactNode;
}

export function useTip(): Tip {
  return useMemo(() => {
    let shown: Shown | null = null;
    const listeners = new Set<() => void>();
    const set = (next: Shown | null) => {
      if (shown === next) return;
      shown = next;
      for (const listener of listeners) listener();
    };
    const store = {
      get: () => shown,
      subscribe: (listener: () => void) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    };
    return {
      show: ({ clientX, clientY }, content) => set({ x: clientX, y: clientY, content }),
      hide: () => set(null),
      node: <Floating store={store} />,
    };
  }, []);
}

const GAP = 14;
const ROOM = 120;

function Floating({ store }: { store: { get: () => Shown | null; subscribe: (listener: () => void) => () => void } }) {
  const shown = useSyncExternalStore(store.subscribe, store.get);
  if (!shown) return null;
  const { x, y, content } = shown;
  const side = x > window.innerWidth * 0.6 ? { right: window.innerWidth - x + GAP } : { left: x + GAP };
  const edge = y > window.innerHeight - ROOM ? { bottom: window.innerHeight - y + GAP } : { top: y + GAP };
  return createPortal(
    <div className={styles.tip} style={{ ...side, ...edge }} aria-hidden>
      {content}
    </div>,
    document.body,
  );
}

/** A name, its colour and what it counts. */
export function TipRow({ color, name, value }: { color?: string | undefined; name: ReactNode; value?: ReactNode }) {
  return (
    <div className={styles.row}>
      {color && <span className={styles.swatch} style={{ background: color }} />}
      <span className={styles.name}>{name}</span>
      {value !== undefined && <span className={styles.value}>{value}</span>}
    </div>
  );
}
