import type { KeyboardEvent } from 'react';

import styles from './picker.module.css';
import type { Picking } from './use-picking';

interface Props {
  picking: Picking;
  label: string;
  placeholder: string;
  /** Ids of the choices are the list's with their place. */
  current: number | undefined;
  onKeyDown: (event: KeyboardEvent) => void;
}

/** The search over a list to choose from. */
export function PickerSearch({ picking: { listId, typed, onType }, label, placeholder, current, onKeyDown }: Props) {
  return (
    <input
      autoFocus
      className={styles.search}
      role="combobox"
      aria-label={label}
      aria-expanded
      aria-controls={listId}
      aria-activedescendant={current === undefined ? undefined : `${listId}-${current}`}
      placeholder={placeholder}
      spellCheck={false}
      value={typed}
      onChange={onType}
      onKeyDown={onKeyDown}
    />
  );
}
