/** One field of a form. It reads whatever stands at its path, and writes what it means. */
import { Field as Labelled, Input, Select, TextField } from '../../../components';
import { cx } from '../../../util/cx';
import type { WidgetDefinition } from '../../model';
import { getAt, pathOf, setAt } from '../path';
import { useDraft } from '../use-draft';
import type { ChecksSpec, Field, NumberSpec, SelectSpec, SwitchSpec, TextSpec, WordsSpec } from './field';
import styles from './form.module.css';
import { RowsView } from './RowsView';

export interface FieldProps {
  field: Field;
  /** The definition, a request of it, or a row. */
  scope: Readonly<Record<string, unknown>>;
  onChange: (scope: Record<string, unknown>) => void;
}

export function FieldView({ field, scope, onChange }: FieldProps) {
  if (field.when && !field.when(scope as WidgetDefinition)) return null;
  const path = pathOf(field.path);
  const value = getAt(scope, path);
  const set = (next: unknown) => onChange(setAt({ ...scope }, path, next));
  return (
    <div className={cx(styles.field, field.half && styles.half)} data-field={field.path}>
      {field.kind === 'text' && <TextView field={field} value={value} set={set} />}
      {field.kind === 'number' && <NumberView field={field} value={value} set={set} />}
      {field.kind === 'select' && <SelectView field={field} value={value} set={set} />}
      {field.kind === 'switch' && <SwitchView field={field} value={value} set={set} />}
      {field.kind === 'words' && <WordsView field={field} value={value} set={set} />}
      {field.kind === 'checks' && <ChecksView field={field} value={value} set={set} />}
      {field.kind === 'rows' && <RowsView field={field} value={value} set={set} />}
    </div>
  );
}

interface Of<F> {
  field: F;
  value: unknown;
  set: (next: unknown) => void;
}

function TextView({ field, value, set }: Of<TextSpec>) {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const change = (typed: string) => set(typed === '' && !field.required ? undefined : typed);
  if (field.lines === undefined) {
    return <TextField label={field.label} help={field.help} mono={field.mono ?? false} placeholder={field.placeholder} value={text} spellCheck={!field.mono} onChange={(event) => change(event.currentTarget.value)} />;
  }
  return (
    <Labelled label={field.label} help={field.help}>
      {({ id, describedBy }) => <textarea id={id} aria-describedby={describedBy} className={styles.area} rows={field.lines} value={text} onChange={(event) => change(event.currentTarget.value)} />}
    </Labelled>
  );
}

const readNumber = (text: string): number | undefined => {
  const number = Number(text.replace(',', '.'));
  return text.trim() === '' || !Number.isFinite(number) ? undefined : number;
};

function NumberView({ field, value, set }: Of<NumberSpec>) {
  const { draft, type } = useDraft(typeof value === 'number' ? value : undefined, (number) => (number === undefined ? '' : String(number)), readNumber);
  const read = readNumber(draft);
  const { min = -Infinity, max = Infinity } = field;
  const isOut = read !== undefined && (read < min || read > max);
  const error = draft.trim() !== '' && read === undefined ? 'A number' : isOut ? `From ${min}${max === Infinity ? ' on' : ` to ${max}`}` : undefined;
  return <TextField label={field.label} help={field.help} error={error} inputMode="decimal" placeholder={field.placeholder} value={draft} onChange={(event) => set(type(event.currentTarget.value))} />;
}

function SelectView({ field, value, set }: Of<SelectSpec>) {
  const chosen = typeof value === 'string' ? value : field.fallback;
  // What is none of the offers is offered too: nothing changes by looking at it.
  const offers = field.options.some((option) => option.value === chosen) ? field.options : [...field.options, { value: chosen, label: chosen }];
  return (
    <Labelled label={field.label} help={field.help}>
      {({ id, describedBy }) => <Select id={id} aria-describedby={describedBy} className={styles.select} options={offers} value={chosen} onChange={(next) => set(next === '' ? undefined : next)} />}
    </Labelled>
  );
}

function SwitchView({ field, value, set }: Of<SwitchSpec>) {
  const isOn = typeof value === 'boolean' ? value : field.fallback;
  return (
    <label className={styles.switch}>
      <input type="checkbox" checked={isOn} onChange={(event) => set(event.currentTarget.checked)} />
      <span>{field.label}</span>
      {field.help && <span className={styles.help}>{field.help}</span>}
    </label>
  );
}

const readWords = (text: string): readonly string[] => text.split(',').map((word) => word.trim()).filter((word) => word !== '');

function WordsView({ field, value, set }: Of<WordsSpec>) {
  const words = Array.isArray(value) ? value.filter((word): word is string => typeof word === 'string') : [];
  const { draft, type } = useDraft<readonly string[]>(words, (list) => list.join(', '), readWords);
  return (
    <Labelled label={field.label} help={field.help ?? 'Separated by commas'}>
      {({ id, describedBy }) => <Input id={id} aria-describedby={describedBy} mono placeholder={field.placeholder} value={draft} spellCheck={false} onChange={(event) => set(type(event.currentTarget.value))} />}
    </Labelled>
  );
}

function ChecksView({ field, value, set }: Of<ChecksSpec>) {
  const chosen = Array.isArray(value) ? (value as unknown[]) : field.fallback;
  const toggle = (one: string) => {
    const next = field.options.map((option) => option.value).filter((option) => (option === one ? !chosen.includes(one) : chosen.includes(option)));
    set(next);
  };
  return (
    <fieldset className={styles.checks}>
      <legend>{field.label}</legend>
      {field.options.map((option) => (
        <label key={option.value} className={styles.switch}>
          <input type="checkbox" checked={chosen.includes(option.value)} onChange={() => toggle(option.value)} />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
