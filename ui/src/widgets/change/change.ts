/** Rows of the change widget: what was, what is, and how far they are apart. */
import { isShifted } from '../query/expressions';
import { oneOf, type Bag } from '../query/json';
import type { Asked } from '../query/request';
import type { Row } from '../query/rows';

const COMPARE = ['hour_before', 'day_before', 'week_before', 'month_before'] as const;
const ORDERS = ['change', 'name', 'present', 'past'] as const;

export interface ChangeLook {
  isRelative: boolean;
  isIncreaseGood: boolean;
  orderBy: (typeof ORDERS)[number];
  isDown: boolean;
  showsPresent: boolean;
}

/** Source: openapi core-v1, `ChangeWidgetRequest`. */
export function changeLook(request: Bag): ChangeLook {
  return {
    isRelative: request['change_type'] === 'relative',
    isIncreaseGood: request['increase_good'] === true,
    orderBy: oneOf(request['order_by'], ORDERS) ?? 'change',
    isDown: request['order_dir'] !== 'asc',
    showsPresent: request['show_present'] === true,
  };
}

export function comparedTo(request: Bag): string {
  return oneOf(request['compare_to'], COMPARE) ?? 'hour_before';
}

/** The past first, then the present: the past is asked for where the definition only names it. */
export function withPast(asked: Asked, request: Bag): Asked {
  const past = asked.formulas.find(({ formula }) => isShifted(formula));
  const present = asked.formulas.find(({ formula }) => !isShifted(formula));
  if (past && present) return { ...asked, formulas: [past, present] };
  const [only] = asked.formulas;
  if (!only) return asked;
  const shift = comparedTo(request);
  const shifted = asked.queries.map((query) => ({ ...query, name: `${query.name}_past`, query: `${shift}(${query.query})` }));
  const names = new Set(asked.queries.map(({ name }) => name));
  const formula = only.formula.replace(/[A-Za-z_]\w*/g, (name) => (names.has(name) ? `${name}_past` : name));
  return { ...asked, queries: [...shifted, ...asked.queries], formulas: [{ ...only, formula }, only] };
}

export interface Change {
  row: Row;
  past: number | null;
  present: number | null;
  /** Absolute, or a share of the past. */
  change: number | null;
  absolute: number | null;
  relative: number | null;
}

const collator = new Intl.Collator('en', { numeric: true });

export function changesOf(rows: readonly Row[], look: ChangeLook): Change[] {
  const all = rows.map((row): Change => {
    const [past = null, present = null] = row.values;
    const absolute = past === null || present === null ? null : present - past;
    const relative = absolute === null || past === null || past === 0 ? null : absolute / Math.abs(past);
    return { row, past, present, absolute, relative, change: look.isRelative ? relative : absolute };
  });
  const sign = look.isDown ? -1 : 1;
  return all.sort((a, b) => {
    if (look.orderBy === 'name') return sign * collator.compare(a.row.id, b.row.id);
    const [x, y] = [a[look.orderBy], b[look.orderBy]];
    if (x === null || y === null) return x === y ? collator.compare(a.row.id, b.row.id) : x === null ? 1 : -1;
    return sign * (x - y) || collator.compare(a.row.id, b.row.id);
  });
}
