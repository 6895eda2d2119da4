/** A text field over a value that is no text: what is typed stays as it is typed. */
import { useEffect, useState } from 'react';

export function useDraft<T>(value: T, text: (value: T) => string, read: (text: string) => T): { draft: string; type: (draft: string) => T } {
  const [draft, setDraft] = useState(() => text(value));
  const own = text(value);
  useEffect(() => {
    // Changed elsewhere: by JSON, by undo.
    setDraft((old) => (text(read(old)) === own ? old : own));
    // The two functions are the same all the time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [own]);
  return {
    draft,
    type(next) {
      setDraft(next);
      return read(next);
    },
  };
}
