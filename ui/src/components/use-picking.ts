/** A list under a button, with a search over it: what is typed, and which one `Enter` takes. */
import { useId, useRef, useState, type ChangeEvent, type KeyboardEvent, type RefObject } from 'react';

export interface Picking {
  isOpen: boolean;
  /** Opening and closing begins anew. */
  setOpen: (open: boolean) => void;
  typed: string;
  /** Which one is meant; the list may be shorter. */
  at: number;
  setAt: (at: number) => void;
  list: RefObject<HTMLUListElement | null>;
  listId: string;
  onType: (event: ChangeEvent<HTMLInputElement>) => void;
  /** The keys of the search over a list so long; `onTake` is told the one that is meant. */
  keysOver: (length: number, onTake: (at: number, event: KeyboardEvent) => void) => (event: KeyboardEvent) => void;
}

export function usePicking(): Picking {
  const [isOpen, setIsOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const listId = useId();
  const type = (text: string) => {
    setTyped(text);
    setAt(0);
  };
  return {
    isOpen,
    setOpen: (open) => {
      setIsOpen(open);
      type('');
    },
    typed,
    at,
    setAt,
    list,
    listId,
    onType: (event) => type(event.currentTarget.value),
    keysOver: (length, onTake) => (event) => {
      const current = Math.min(at, length - 1);
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step !== undefined) {
        const to = Math.max(0, Math.min(length - 1, current + step));
        setAt(to);
        list.current?.children[to]?.scrollIntoView({ block: 'nearest' });
      } else if (event.key === 'Enter') onTake(current, event);
      else return;
      event.preventDefault();
    },
  };
}
