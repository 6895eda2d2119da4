import { useState, type FormEvent } from 'react';

import { Button, Dialog, TextField, toast } from '../../components';
import { useRevokeKey, type KeyKind, type KeyRow } from './data';
import styles from './keys.module.css';
import { WORDS } from './words';

interface Props {
  kind: KeyKind;
  row: KeyRow;
  onDone: () => void;
  onClose: () => void;
}

/** Asks by name, because whatever sends with the key stops. */
export function RevokeDialog({ kind, row, onDone, onClose }: Props) {
  const [typed, setTyped] = useState('');
  const revoke = useRevokeKey(kind);
  const isSame = typed.trim() === row.name;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isSame) return;
    const done = () => {
      toast(`${row.name} is revoked`);
      onDone();
    };
    revoke.mutate(row.id, { onSuccess: done });
  };
  return (
    <Dialog title={`Revoke ${row.name}?`} onClose={onClose}>
      <form className={styles.dialog} onSubmit={submit}>
        <p>
          {WORDS[kind].revoked} {row.lastUsed === undefined ? 'It was never used.' : ''} This cannot be undone.
        </p>
        <TextField label={`Type ${row.name} to revoke it`} autoFocus autoComplete="off" value={typed} error={revoke.error?.message} onChange={(event) => setTyped(event.currentTarget.value)} />
        <div className={styles.buttons}>
          <Button kind="danger" type="submit" disabled={!isSame} busy={revoke.isPending}>
            Revoke Key
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  );
}
