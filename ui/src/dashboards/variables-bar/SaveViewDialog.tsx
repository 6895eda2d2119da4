import { useState, type FormEvent } from 'react';

import { Button, Dialog, TextField } from '../../components';
import dialog from '../dialogs/dialogs.module.css';

interface Props {
  taken: readonly string[];
  onSave: (name: string) => void;
  onClose: () => void;
}

/** Asks for the name of a saved view. */
export function SaveViewDialog({ taken, onSave, onClose }: Props) {
  const [name, setName] = useState('');
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    onSave(name.trim());
    onClose();
  };
  return (
    <Dialog title="Save these values as a view" onClose={onClose}>
      <form className={dialog.body} onSubmit={save}>
        <TextField
          label="Name"
          autoFocus
          autoComplete="off"
          value={name}
          maxLength={80}
          help={taken.includes(name.trim()) ? 'The view of this name is replaced.' : 'The view is of the dashboard: everybody can choose it.'}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div className={dialog.actions}>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={name.trim() === ''}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
