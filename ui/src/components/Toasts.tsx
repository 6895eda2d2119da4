import { Link } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useSyncExternalStore } from 'react';

import { cx } from '../util/cx';
import { Button, IconButton } from './Button';
import { dismiss, toasts } from './toast';
import styles from './toast.module.css';

/** Where toasts appear; once, by the shell. */
export function Toasts() {
  const shown = useSyncExternalStore(toasts.subscribe, toasts.get);
  return (
    <div className={styles.place} role="status" aria-live="polite">
      {shown.map(({ id, text, isError, undo, link }) => (
        <div key={id} className={cx(styles.toast, isError && styles.error)}>
          <span>{text}</span>
          {link && (
            <Link className={styles.link} to={link.to as never} onClick={() => dismiss(id)}>
              {link.label}
            </Link>
          )}
          {undo && (
            <Button
              kind="ghost"
              onClick={() => {
                undo();
                dismiss(id);
              }}
            >
              Undo
            </Button>
          )}
          <IconButton label="Dismiss" icon={<X />} onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
