/** Bars of several groups each: names along the axis, the other keys on each other. */
import type { Row } from '../query/rows';
import { valueOf } from '../query/rows';
import type { Drawing, DrawnMark } from '../wildcard/marks';

/** More names have no room. */
const NAMES_MOST = 60;
const GROUPS_MOST = 40;

/**
 * The first key names a bar, the others a part of it; the largest bars come first, as do the
 * largest parts, which lie lowest.
 * @param isRelative parts are percents of their bar
 */
export function stackedBars(rows: readonly Row[], column: number, isRelative: boolean): Drawing {
  const marks = rows.flatMap(({ tags, values }): DrawnMark[] => {
    const [first, ...rest] = tags.map((tag) => valueOf(tag) || 'N/A');
    const value = values[column];
    return first === undefined || typeof value !== 'number' || value < 0 ? [] : [{ across: first, value, group: rest.join(', '), size: null, tags }];
  });
  const names = bySum(marks, ({ across }) => String(across)).slice(0, NAMES_MOST);
  const groups = bySum(marks, ({ group }) => group).slice(0, GROUPS_MOST);
  const shown = marks.filter(({ across, group }) => names.includes(String(across)) && groups.includes(group));
  const totals = new Map(names.map((name) => [name, shown.filter(({ across }) => across === name).reduce((sum, { value }) => sum + value, 0)]));
  const share = (mark: DrawnMark) => ({ ...mark, value: ((mark.value / (totals.get(String(mark.across)) || 1)) * 100) });
  return { marks: isRelative ? shown.map(share) : shown, names, groups, isSideways: false, unknown: [] };
}

function bySum(marks: readonly DrawnMark[], keyOf: (mark: DrawnMark) => string): string[] {
  const sums = new Map<string, number>();
  for (const mark of marks) sums.set(keyOf(mark), (sums.get(keyOf(mark)) ?? 0) + mark.value);
  return [...sums].sort(([, a], [, b]) => b - a).map(([key]) => key);
}
