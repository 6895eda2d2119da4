import { useState } from 'react';

import { cx } from '../../../util/cx';
import { parseAmount } from './amount';
import styles from './legend.module.css';

interface Props {
  label: string;
  /** The value that holds now. */
  text: string;
  /** Set by the person, not by the data. */
  isSet: boolean;
  /** Undefined: as the data suggests. */
  onChange: (value: string | undefined) => void;
}

/** One end of the scale. Emptied, it follows the data again. */
export function End({ label, text, isSet, onChange }: Props) {
  const [draft, setDraft] = useState<string | null>(null);
  const isWrong = draft !== null && draft.trim() !== '' && draft !== text && parseAmount(draft) === undefined;
  const commit = () => {
    if (draft !== null && !isWrong && draft !== text) onChange(draft.trim() === '' ? undefined : String(parseAmount(draft)));
    setDraft(null);
  };
  return (
    <input
      className={cx(styles.end, isSet && styles.set)}
      aria-label={label}
      aria-invalid={isWrong || undefined}
      title={isSet ? `${label}: set by you. Empty it to follow the data.` : `${label}: follows the data. Type to set it.`}
      value={draft ?? text}
      size={Math.max(5, (draft ?? text).length)}
      spellCheck={false}
      onFocus={(event) => {
        setDraft(text);
        const field = event.currentTarget;
        requestAnimationFrame(() => field.select());
      }}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        else if (event.key === 'Escape') {
          setDraft(null);
          event.currentTarget.value = text;
          event.currentTarget.blur();
        } else return;
        event.preventDefault();
      }}
    />
  );
}
