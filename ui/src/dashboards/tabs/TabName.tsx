import { useEffect, useRef, useState } from 'react';

import { TAB_NAME_MAX } from './tabs';
import styles from './tabs.module.css';

/** A tab's name, in the tab's place. `Enter` and leaving keep it, `Escape` does not. */
export function TabName({ name, onDone }: { name: string; onDone: (name: string | undefined) => void }) {
  const [text, setText] = useState(name);
  const input = useRef<HTMLInputElement>(null);
  const isDone = useRef(false);
  useEffect(() => input.current?.select(), []);
  const done = (value: string | undefined) => {
    // What is taken away loses the focus as well.
    if (isDone.current) return;
    isDone.current = true;
    onDone(value);
  };
  return (
    <input
      ref={input}
      autoFocus
      className={styles.name}
      aria-label="Name of the tab"
      maxLength={TAB_NAME_MAX}
      size={Math.max(6, Math.min(40, text.length + 1))}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => done(text)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') done(text);
        else if (event.key === 'Escape') done(undefined);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}
