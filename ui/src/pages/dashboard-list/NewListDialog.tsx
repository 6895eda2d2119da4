import { useState, type FormEvent } from 'react';

import { Button, Dialog, TextField } from '../../components';
import dialog from '../../dashboards/dialogs/dialogs.module.css';

interface Props {
  /** What goes into it: `2 dashboards`. */
  text: string;
  onMake: (name: string) => void;
  onClose: () => void;
}

export function NewListDialog({ text, onMake, onClose }: Props) {
  const [name, setName] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    onMake(name.trim());
    onClose();
  };
  return (
    <Dialog title={`A new list of ${text}`} onClose={onClose}>
      <form className={dialog.body} onSubmit={submit}>
        <TextField label="Name" autoFocus autoComplete="off" value={name} maxLength={120} onChange={(event) => setName(event.currentTarget.value)} />
        <div className={dialog.actions}>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={name.trim() === ''}>
            Make list
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
