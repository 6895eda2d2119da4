import { useId, type InputHTMLAttributes, type ReactNode, type Ref, type SelectHTMLAttributes } from 'react';

import { cx } from '../util/cx';
import styles from './field.module.css';

interface FieldProps {
  label: string;
  help?: ReactNode;
  /** In Datadog's wording; shown beside the field. */
  error?: string | undefined;
  /** Gets the ids that tie label, help and error to the control. */
  children: (ids: { id: string; describedBy: string; invalid: boolean }) => ReactNode;
}

/** A label above, help below, the error beside. */
export function Field({ label, help, error, children }: FieldProps) {
  const id = useId();
  const helpId = `${id}-help`;
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      {children({ id, describedBy: helpId, invalid: error !== undefined })}
      <div id={helpId} className={cx(styles.help, error !== undefined && styles.error)} role={error ? 'alert' : undefined}>
        {error ?? help}
      </div>
    </div>
  );
}

type InputProps = InputHTMLAttributes<HTMLInputElement> & { icon?: ReactNode; mono?: boolean; ref?: Ref<HTMLInputElement> };

export function Input({ icon, mono, className, ...rest }: InputProps) {
  return (
    <span className={cx(styles.box, className)}>
      {icon}
      <input {...rest} className={cx(styles.input, mono && styles.mono)} />
    </span>
  );
}

export type TextFieldProps = InputProps & { label: string; help?: ReactNode; error?: string | undefined };

export function TextField({ label, help, error, ...rest }: TextFieldProps) {
  return (
    <Field label={label} help={help} error={error}>
      {({ id, describedBy, invalid }) => (
        <Input {...rest} id={id} aria-describedby={describedBy} aria-invalid={invalid || undefined} />
      )}
    </Field>
  );
}

export interface Option {
  value: string;
  label: string;
}

type SelectProps = Omit<SelectHTMLAttributes<HTMLSelectElement>, 'onChange'> & {
  options: readonly Option[];
  onChange: (value: string) => void;
};

/** The browser's own select: its keys and its list work everywhere. Give it an `aria-label`. */
export function Select({ options, onChange, className, ...rest }: SelectProps) {
  return (
    <select {...rest} className={cx(styles.select, className)} onChange={(event) => onChange(event.currentTarget.value)}>
      {options.map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}
