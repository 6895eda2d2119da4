import { cx } from '../../../util/cx';
import fieldStyles from '../../../components/field.module.css';
import styles from './queries.module.css';
import { SOURCES } from './sources';

interface Props {
  value: string;
  letter: string;
  onChange: (source: string) => void;
}

/** Where a query's data comes from; what is not served yet says what it waits for. */
export function SourceSelect({ value, letter, onChange }: Props) {
  const isKnown = SOURCES.some((source) => source.value === value);
  return (
    <select aria-label={`Source of query ${letter}`} className={cx(fieldStyles.select, styles.source)} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      {!isKnown && <option value={value}>{value}</option>}
      {SOURCES.map(({ value: source, label, waits }) => (
        <option key={source} value={source} disabled={waits !== undefined && source !== value}>
          {waits === undefined || source === value ? label : `${label} (${waits})`}
        </option>
      ))}
    </select>
  );
}
