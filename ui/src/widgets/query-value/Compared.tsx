import { valueText } from '../query/numbers';
import type { RowColumn } from '../query/rows';
import { verdictOf, type Comparison } from './comparison';
import styles from './query-value.module.css';

interface Props {
  now: number;
  before: number;
  comparison: Comparison;
  column: RowColumn | undefined;
  /** The box has a colour of its own, on which states would not be read. */
  isOnColor: boolean;
}

/** How far a number is from what it was. */
export function Compared({ now, before, comparison: { shows, better, words }, column, isOnColor }: Props) {
  const change = now - before;
  const verdict = isOnColor ? undefined : verdictOf(change, better);
  const absolute = `${change > 0 ? '+' : ''}${valueText(change, column?.line.format ?? {}, column?.unit)}`;
  const relative = before === 0 ? '–' : `${change > 0 ? '+' : change < 0 ? '−' : ''}${Math.abs((change / before) * 100).toFixed(1)}%`;
  const text = shows === 'absolute' ? absolute : shows === 'relative' ? relative : `${absolute} (${relative})`;
  return (
    <span className={styles.compared} style={verdict && { color: `var(--${verdict})` }} title={`Compared to ${words}: ${valueText(before, column?.line.format ?? {}, column?.unit)}`}>
      {change > 0 ? '▲ ' : change < 0 ? '▼ ' : ''}
      {text}
    </span>
  );
}
