/** Posts an event by hand: a deployment, a finding, a note on the timeline. */
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';

import { ApiError } from '../../api';
import { Button, Field, Select, SidePanel, TextField } from '../../components';
import { postEvent, tagsOfText } from './data';
import styles from './events.module.css';

const TITLE_MAX = 500;
const TEXT_MAX = 4000;
const TYPES = ['info', 'success', 'warning', 'error', 'user_update', 'recommendation', 'snapshot'];
const options = (values: readonly string[]) => values.map((value) => ({ value, label: value.replace('_', ' ') }));

interface Form {
  title: string;
  text: string;
  alertType: string;
  priority: string;
  tags: string;
  host: string;
  source: string;
  key: string;
}

const EMPTY: Form = { title: '', text: '', alertType: 'info', priority: 'normal', tags: '', host: '', source: '', key: '' };

export function NewEventPanel({ onDone, onClose }: { onDone: (id: string) => void; onClose: () => void }) {
  const [form, setForm] = useState(EMPTY);
  const [isTried, setTried] = useState(false);
  const post = useMutation({ mutationFn: () => postEvent(eventOfForm(form)), onSuccess: onDone });
  const set = (patch: Partial<Form>) => setForm({ ...form, ...patch });
  const titleError = isTried && form.title.trim() === '' ? 'Title is required' : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (form.title.trim() !== '') post.mutate();
  };
  return (
    <SidePanel title="New event" label="New event" onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <TextField label="Title" autoFocus required maxLength={TITLE_MAX} value={form.title} error={titleError} onChange={(event) => set({ title: event.currentTarget.value })} />
        <Field label="Text" help="Put Markdown between lines of %%%.">
          {({ id, describedBy }) => (
            <textarea id={id} aria-describedby={describedBy} className={styles.textarea} rows={6} maxLength={TEXT_MAX} value={form.text} onChange={(event) => set({ text: event.currentTarget.value })} />
          )}
        </Field>
        <div className={styles.pair}>
          <Field label="Alert type">{({ id }) => <Select id={id} options={options(TYPES)} value={form.alertType} onChange={(alertType) => set({ alertType })} />}</Field>
          <Field label="Priority">{({ id }) => <Select id={id} options={options(['normal', 'low'])} value={form.priority} onChange={(priority) => set({ priority })} />}</Field>
        </div>
        <TextField label="Tags" mono placeholder="env:prod, service:checkout" help="Separated by commas or spaces." value={form.tags} onChange={(event) => set({ tags: event.currentTarget.value })} />
        <div className={styles.pair}>
          <TextField label="Host" value={form.host} onChange={(event) => set({ host: event.currentTarget.value })} />
          <TextField label="Source" placeholder="my apps" value={form.source} onChange={(event) => set({ source: event.currentTarget.value })} />
        </div>
        <TextField label="Aggregation key" help="Events with the same key belong together." maxLength={100} value={form.key} onChange={(event) => set({ key: event.currentTarget.value })} />
        {post.error && (
          <p role="alert" className={styles.problem}>
            {post.error.message}
            {post.error instanceof ApiError && post.error.hint ? ` ${post.error.hint}` : ''}
          </p>
        )}
        <div className={styles.buttons}>
          <Button kind="primary" type="submit" busy={post.isPending}>
            Post event
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </SidePanel>
  );
}

function eventOfForm(form: Form) {
  const given = (name: string, value: string) => (value.trim() === '' ? {} : { [name]: value.trim() });
  return {
    title: form.title.trim(),
    text: form.text,
    alert_type: form.alertType,
    priority: form.priority,
    tags: tagsOfText(form.tags),
    ...given('host', form.host),
    ...given('source_type_name', form.source),
    ...given('aggregation_key', form.key),
  };
}
