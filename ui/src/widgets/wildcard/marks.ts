/** Rows of the queries as marks: names along one axis, values along the other, groups by colour. */
import type { Bag } from '../query/json';
import { num, text } from '../query/json';
import { keyOf, valueOf, type Grid } from '../query/rows';
import type { Aggregate, Channel, Spec } from './spec';

export interface DataRow {
  fields: Bag;
  tags: readonly string[];
}

/** Fields are the groups' keys, and each formula by its text, its alias and its query's name. */
export function recordsOf(grid: Grid): DataRow[] {
  return grid.rows.map(({ tags, values }) => {
    const fields: Record<string, unknown> = {};
    for (const tag of tags) fields[keyOf(tag)] = valueOf(tag);
    for (const [at, { line, title }] of grid.columns.entries()) for (const name of new Set([line.formula.trim(), title, line.label, `value${at + 1}`])) fields[name] = values[at] ?? null;
    return { fields, tags };
  });
}

export interface DrawnMark {
  /** Along the axis of names, or a number. */
  across: string | number;
  value: number;
  group: string;
  size: number | null;
  tags: readonly string[];
}

export interface Drawing {
  marks: readonly DrawnMark[];
  /** Names along the axis, in their order; none where it is one of numbers. */
  names: readonly string[];
  groups: readonly string[];
  /** Names run down, values to the right. */
  isSideways: boolean;
  /** Fields that no row has. */
  unknown: readonly string[];
}

const NONE = '';

export function drawingOf(spec: Spec, records: readonly DataRow[]): Drawing {
  const { x, y, color, theta, size } = spec.channels;
  const isSideways = spec.mark !== 'arc' && x?.type === 'quantitative' && y !== undefined && y.type !== 'quantitative';
  const [names, values] = spec.mark === 'arc' ? [color, theta] : isSideways ? [y, x] : [x, y];
  const used = [x, y, color, theta, size].flatMap((channel) => (channel && channel.field !== '' ? [channel.field] : []));
  const unknown = [...new Set(used)].filter((field) => records.length > 0 && !records.some(({ fields }) => Object.hasOwn(fields, field)));
  const isPoints = spec.mark === 'point';
  const isNumbers = names?.type === 'quantitative' && spec.mark !== 'bar' && spec.mark !== 'arc';
  const keyed = new Map<string, { across: string | number; group: string; values: number[]; count: number; size: number | null; tags: readonly string[] }>();
  for (const [at, { fields, tags }] of records.entries()) {
    const across = isNumbers ? num(fields[names?.field ?? '']) : (text(fields[names?.field ?? '']) ?? NONE);
    if (across === undefined) continue;
    const group = color && color !== names ? (text(fields[color.field]) ?? NONE) : NONE;
    const key = isPoints && values?.aggregate === undefined ? String(at) : JSON.stringify([across, group]);
    const entry = keyed.get(key) ?? { across, group, values: [], count: 0, size: num(fields[size?.field ?? '']) ?? null, tags };
    const value = num(fields[values?.field ?? '']);
    if (value !== undefined) entry.values.push(value);
    entry.count += 1;
    keyed.set(key, entry);
  }
  const marks = [...keyed.values()].flatMap(({ values: own, count, ...rest }): DrawnMark[] => {
    const value = aggregated(own, count, values?.aggregate);
    return value === undefined ? [] : [{ ...rest, value }];
  });
  const groups = [...new Set(marks.map(({ group }) => group))];
  return { marks, names: isNumbers ? [] : ordered(marks, names, isSideways), groups, isSideways, unknown };
}

function aggregated(values: readonly number[], count: number, how: Aggregate | undefined): number | undefined {
  if (how === 'count') return count;
  if (values.length === 0) return undefined;
  const sum = values.reduce((total, value) => total + value, 0);
  switch (how) {
    case 'mean':
      return sum / values.length;
    case 'min':
      return Math.min(...values);
    case 'max':
      return Math.max(...values);
    default:
      return sum;
  }
}

const collator = new Intl.Collator('en', { numeric: true });

/** By name, unless the channel says otherwise; arcs keep the order of the rows. */
function ordered(marks: readonly DrawnMark[], channel: Channel | undefined, isSideways: boolean): string[] {
  const sums = new Map<string, number>();
  for (const { across, value } of marks) sums.set(String(across), (sums.get(String(across)) ?? 0) + value);
  const names = [...sums.keys()];
  const { sort } = channel ?? {};
  if (Array.isArray(sort)) {
    const place = (name: string) => (sort.includes(name) ? sort.indexOf(name) : sort.length);
    return names.sort((a, b) => place(a) - place(b));
  }
  const other = isSideways ? 'x' : 'y';
  if (sort === other || sort === `-${other}`) return names.sort((a, b) => (sort === other ? 1 : -1) * ((sums.get(a) ?? 0) - (sums.get(b) ?? 0)));
  return names.sort((a, b) => (sort === 'down' ? -1 : 1) * collator.compare(a, b));
}

export interface Segment {
  mark: DrawnMark;
  /** Where it begins and ends along the axis of values. */
  from: number;
  to: number;
}

/** Marks of one name on each other, those below zero downwards; or all from zero. */
export function stackedMarks({ marks, groups }: Drawing, isStacked: boolean): Segment[] {
  const ends = new Map<string, number>();
  return [...marks]
    .sort((a, b) => groups.indexOf(a.group) - groups.indexOf(b.group))
    .map((mark) => {
      if (!isStacked) return { mark, from: 0, to: mark.value };
      const key = `${mark.value < 0} ${mark.across}`;
      const from = ends.get(key) ?? 0;
      ends.set(key, from + mark.value);
      return { mark, from, to: from + mark.value };
    });
}
