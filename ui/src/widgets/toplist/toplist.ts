/** Measures of top lists. */
import type { Grid, RowOrder } from '../query/rows';

/** The column that is shown: the one that rows go by, else the first. */
export function leadColumn({ columns }: Grid, { by }: RowOrder): number {
  const index = by.find((one) => one.kind === 'formula')?.index ?? 0;
  return index >= 0 && index < columns.length ? index : 0;
}

/** Percent of the full width. */
export function share(value: number | null, most: number): number {
  if (value === null || most <= 0) return 0;
  return Math.min(100, (Math.abs(value) / most) * 100);
}

/** Percent of the whole. */
export function segmentsOf(values: readonly (number | null)[], total: number): number[] {
  return values.map((value) => (total > 0 ? (Math.max(0, value ?? 0) / total) * 100 : 0));
}
