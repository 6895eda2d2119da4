import { useState, type FormEvent } from 'react';

import { Button, Dialog, TextField } from '../../components';
import styles from './dialogs.module.css';

interface Props {
  title: string;
  onDelete: () => Promise<void>;
  onClose: () => void;
}

/** Asks by name, although it can be restored: others may be looking at it. */
export function DeleteDialog({ title, onDelete, onClose }: Props) {
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim() !== title.trim()) return;
    setBusy(true);
    try {
      await onDelete();
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure));
      setBusy(false);
    }
  };
  return (
    <Dialog title={`Delete ${title}?`} onClose={onClose}>
      <form className={styles.body} onSubmit={(event) => void submit(event)}>
        <p className={styles.text}>Links to it stop working. It can be restored from the list of deleted dashboards for 30 days.</p>
        <TextField label={`Type ${title} to delete it`} autoFocus autoComplete="off" value={typed} error={error} onChange={(event) => setTyped(event.currentTarget.value)} />
        <div className={styles.actions}>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" type="submit" disabled={typed.trim() !== title.trim()} busy={isBusy}>
            Delete dashboard
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
