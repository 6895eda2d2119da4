/** What a metric is, and changing it. */
import { useState, type FormEvent } from 'react';

import { ApiError } from '../../api';
import { Button, ErrorState, Field, Select, Skeleton, TextField, toast } from '../../components';
import { useMetadata, useSaveMetadata, type Metadata, type MetadataPatch } from './data';
import styles from './summary.module.css';
import { UNIT_NAMES } from './unit-names';

const TYPES = ['gauge', 'count', 'rate', 'distribution'];
const FIELDS = ['type', 'unit', 'per_unit', 'description', 'short_name'] as const;

type Form = Record<(typeof FIELDS)[number], string>;

const formOf = (metadata: Metadata): Form => ({
  type: metadata.type ?? '',
  unit: metadata.unit ?? '',
  per_unit: metadata.per_unit ?? '',
  description: metadata.description ?? '',
  short_name: metadata.short_name ?? '',
});

export function MetadataPart({ metric }: { metric: string }) {
  const found = useMetadata(metric);
  const [isEditing, setEditing] = useState(false);
  if (found.error) return found.error instanceof ApiError && found.error.status === 404 ? <p className={styles.faint}>Nothing is known of this metric: it did not report in the past month.</p> : <ErrorState error={found.error} />;
  if (!found.data) return <Skeleton height={140} />;
  if (isEditing) return <Edit metric={metric} metadata={found.data} onDone={() => setEditing(false)} />;
  return <Shown metadata={found.data} onEdit={() => setEditing(true)} />;
}

function Shown({ metadata, onEdit }: { metadata: Metadata; onEdit: () => void }) {
  const rows: [string, string | number | null][] = [
    ['Type', metadata.type],
    ['Unit', metadata.unit],
    ['Per unit', metadata.per_unit],
    ['Description', metadata.description],
    ['Short name', metadata.short_name],
    ['Interval', metadata.statsd_interval === null ? null : `${metadata.statsd_interval} s`],
    ['Integration', metadata.integration],
  ];
  return (
    <div className={styles.form}>
      <dl className={styles.meta}>
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value ?? <span className={styles.faint}>Not set</span>}</dd>
          </div>
        ))}
      </dl>
      <div className={styles.buttons}>
        <Button onClick={onEdit}>Edit</Button>
      </div>
    </div>
  );
}

function Edit({ metric, metadata, onDone }: { metric: string; metadata: Metadata; onDone: () => void }) {
  const before = formOf(metadata);
  const [form, setForm] = useState(before);
  const save = useSaveMetadata(metric);
  const changed = FIELDS.filter((field) => form[field] !== before[field]);
  const set = (patch: Partial<Form>) => setForm({ ...form, ...patch });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const patch: MetadataPatch = Object.fromEntries(changed.map((field) => [field, form[field].trim()]));
    const done = () => {
      toast('Metadata saved', { undo: () => save.mutate(Object.fromEntries(changed.map((field) => [field, before[field]]))) });
      onDone();
    };
    save.mutate(patch, { onSuccess: done });
  };
  const message = save.error?.message;
  const errorOf = (field: string) => (message?.startsWith(`${field}:`) ? message : undefined);
  const isTold = FIELDS.some((field) => errorOf(field) !== undefined);
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={styles.triple}>
        <Field label="Type">
          {({ id }) => <Select id={id} value={form.type} onChange={(type) => set({ type })} options={TYPES.map((type) => ({ value: type, label: type }))} />}
        </Field>
        <TextField label="Unit" list="metric-units" value={form.unit} error={errorOf('unit')} onChange={(event) => set({ unit: event.currentTarget.value })} />
        <TextField label="Per unit" list="metric-units" value={form.per_unit} error={errorOf('per_unit')} onChange={(event) => set({ per_unit: event.currentTarget.value })} />
      </div>
      <datalist id="metric-units">
        {UNIT_NAMES.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <TextField label="Description" maxLength={2000} value={form.description} onChange={(event) => set({ description: event.currentTarget.value })} />
      <TextField label="Short name" maxLength={200} help="For where there is little room." value={form.short_name} onChange={(event) => set({ short_name: event.currentTarget.value })} />
      {message && !isTold && (
        <p role="alert" className={styles.wrong}>
          {message}
        </p>
      )}
      <div className={styles.buttons}>
        <Button kind="primary" type="submit" disabled={changed.length === 0} busy={save.isPending}>
          Save
        </Button>
        <Button onClick={onDone}>Cancel</Button>
        {changed.length > 0 && <span className={styles.faint}>Changes {changed.map((field) => field.replace('_', ' ')).join(', ')}.</span>}
      </div>
    </form>
  );
}
