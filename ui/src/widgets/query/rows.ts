/** Rows of several requests beside each other, in the order that the definition asks for. */
import type { Scalars } from '../../api/scalar';
import type { UnitPair } from '../../charts/units';
import { bag, list, num, oneOf, text, type Bag } from './json';
import type { Answered } from './ask';
import type { Asked, FormulaLine } from './request';

export interface RowColumn {
  /** Its request's place among the requests. */
  request: number;
  line: FormulaLine;
  title: string;
  unit: UnitPair;
}

export interface Row {
  /** Unique among the rows. */
  id: string;
  tags: readonly string[];
  /** One per column. */
  values: readonly (number | null)[];
}

export interface Grid {
  columns: readonly RowColumn[];
  rows: readonly Row[];
  /** Keys of the groups, in the query's order. */
  keys: readonly string[];
}

const collator = new Intl.Collator('en', { numeric: true });

/** Rows of the same tags become one. */
export function gridOf(asked: readonly Asked[], parts: readonly Answered<Scalars>[]): Grid {
  const columns: RowColumn[] = [];
  const rows = new Map<string, { tags: readonly string[]; values: (number | null)[] }>();
  for (const [request, { formulas }] of asked.entries()) {
    const first = columns.length;
    const data = parts[request]?.data;
    for (const [at, line] of formulas.entries()) columns.push({ request, line, title: line.alias ?? line.label, unit: data?.units[at] });
    for (const { tags, values } of data?.rows ?? []) {
      const id = tags.join(',');
      const row = rows.get(id) ?? { tags, values: [] };
      for (const at of formulas.keys()) row.values[first + at] = values[at] ?? null;
      rows.set(id, row);
    }
  }
  const all = [...rows].map(([id, { tags, values }]): Row => ({ id, tags, values: columns.map((_, at) => values[at] ?? null) }));
  return { columns, rows: all.filter(({ values }) => values.some((value) => value !== null)), keys: keysOf(all) };
}

function keysOf(rows: readonly Row[]): string[] {
  const keys = new Set<string>();
  for (const { tags } of rows) for (const tag of tags) keys.add(keyOf(tag));
  return [...keys];
}

export function keyOf(tag: string): string {
  const colon = tag.indexOf(':');
  return colon < 0 ? tag : tag.slice(0, colon);
}

export function valueOf(tag: string): string {
  const colon = tag.indexOf(':');
  return colon < 0 ? tag : tag.slice(colon + 1);
}

/** What a row is called: its groups' values. */
export function nameOf({ tags }: Pick<Row, 'tags'>, fallback = 'All'): string {
  return tags.length === 0 ? fallback : tags.map((tag) => valueOf(tag) || 'N/A').join(', ');
}

export interface RowOrder {
  by: readonly ({ kind: 'formula'; index: number; isDown: boolean } | { kind: 'group'; name: string; isDown: boolean })[];
  count?: number;
}

/** Source: openapi core-v1, `WidgetSortBy`. Without one, rows go by the first column, down. */
export function orderOf(request: Bag): RowOrder {
  const sort = bag(request['sort']);
  const count = num(sort['count']);
  const by = list(sort['order_by']).flatMap((one): RowOrder['by'][number][] => {
    const raw = bag(one);
    const isDown = oneOf(raw['order'], ['asc', 'desc'] as const) !== 'asc';
    if (raw['type'] === 'group') return [{ kind: 'group', name: text(raw['name']) ?? '', isDown }];
    return [{ kind: 'formula', index: num(raw['index']) ?? 0, isDown }];
  });
  return { by: by.length > 0 ? by : [{ kind: 'formula', index: 0, isDown: request['order'] !== 'asc' }], ...(count !== undefined && count > 0 ? { count } : {}) };
}

/** Rows without a value come last, whichever the direction. */
export function ordered(rows: readonly Row[], { by, count }: RowOrder): Row[] {
  const sorted = [...rows].sort((a, b) => {
    for (const one of by) {
      const order = one.kind === 'group' ? byGroup(a, b, one.name, one.isDown) : byValue(a.values[one.index] ?? null, b.values[one.index] ?? null, one.isDown);
      if (order !== 0) return order;
    }
    return collator.compare(a.id, b.id);
  });
  return count === undefined ? sorted : sorted.slice(0, count);
}

function byValue(a: number | null, b: number | null, isDown: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return isDown ? b - a : a - b;
}

function byGroup(a: Row, b: Row, name: string, isDown: boolean): number {
  const of = ({ tags }: Row) => valueOf(tags.find((tag) => keyOf(tag) === name) ?? tags[0] ?? '');
  return (isDown ? -1 : 1) * collator.compare(of(a), of(b));
}
