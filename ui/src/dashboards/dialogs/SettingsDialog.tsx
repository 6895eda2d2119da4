import { useState, type FormEvent } from 'react';

import { Button, Dialog, Field, TextField } from '../../components';
import type { Dashboard } from '../model';
import styles from './dialogs.module.css';

interface Props {
  dashboard: Dashboard;
  onSave: (patch: Partial<Dashboard>) => void;
  onClose: () => void;
}

const TITLE_MAX = 300;
const TAGS_MAX = 5;

/** Title, description and teams. */
export function SettingsDialog({ dashboard, onSave, onClose }: Props) {
  const [title, setTitle] = useState(dashboard.title);
  const [description, setDescription] = useState(dashboard.description ?? '');
  const [tags, setTags] = useState((dashboard.tags ?? []).join(', '));
  const list = tags.split(',').map((tag) => tag.trim()).filter((tag) => tag !== '');
  const tagError = list.length > TAGS_MAX ? `At most ${TAGS_MAX} tags` : list.some((tag) => !tag.includes(':')) ? 'Tags are written team:name' : undefined;
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (title.trim() === '' || tagError) return;
    const patch: Partial<Dashboard> = {};
    if (title.trim() !== dashboard.title) patch.title = title.trim();
    if (description !== (dashboard.description ?? '')) patch.description = description === '' ? null : description;
    if (list.join() !== (dashboard.tags ?? []).join()) patch.tags = list;
    if (Object.keys(patch).length > 0) onSave(patch);
    onClose();
  };
  return (
    <Dialog title="Dashboard settings" onClose={onClose}>
      <form className={styles.body} onSubmit={save}>
        <TextField label="Title" autoFocus value={title} maxLength={TITLE_MAX} error={title.trim() === '' ? 'A dashboard needs a title' : undefined} onChange={(event) => setTitle(event.currentTarget.value)} />
        <Field label="Description" help="Markdown">
          {({ id, describedBy }) => <textarea id={id} aria-describedby={describedBy} className={styles.area} rows={6} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />}
        </Field>
        <TextField label="Tags" value={tags} placeholder="team:web" error={tagError} onChange={(event) => setTags(event.currentTarget.value)} />
        <div className={styles.actions}>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={title.trim() === '' || tagError !== undefined}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
