/**
 * What a widget's request asks for: today's form (`queries` and `formulas`) and the old one (`q`,
 * expressions between commas) become the same. Queries of sources that are not served yet are left
 * out, with the formulas that need them; `waits` says which.
 */
import { substitute, type Variables } from '../../dashboards/variables';
import { conditionsOf, type Condition } from './conditions';
import { inWords, namesIn, splitTop } from './expressions';
import { bag, list, num, oneOf, text, type Bag } from './json';
import { numberFormatOf, type NumberFormat } from './numbers';
import { missingSource, oldSources } from './sources';

export interface MetricQuery {
  name: string;
  query: string;
  /** How a scalar is made of the points. */
  aggregator: string;
}

export interface Limit {
  count: number;
  order: 'asc' | 'desc';
}

export interface FormulaLine {
  formula: string;
  /** What the definition calls it. */
  alias?: string;
  /** What it is called without an alias: the expression. */
  label: string;
  limit?: Limit;
  palette?: string;
  paletteIndex?: number;
  format: NumberFormat;
  conditions: readonly Condition[];
  cell?: CellMode;
  trend?: 'line' | 'area' | 'bars';
  /** Courses of a column share their scale, so that rows compare. */
  isSharedScale?: boolean;
}

export type CellMode = 'number' | 'bar' | 'trend';

export interface Asked {
  queries: readonly MetricQuery[];
  formulas: readonly FormulaLine[];
  /** Names of sources that are not served yet. */
  waits: readonly string[];
}

const AGGREGATORS = ['avg', 'min', 'max', 'sum', 'last', 'percentile', 'mean', 'area', 'l2norm'] as const;
const CELLS = ['number', 'bar', 'trend'] as const;

export function askedOf(request: Bag, variables: Variables): Asked {
  const queries = list(request['queries']).map(bag);
  if (queries.length > 0) return ofFormulas(request, queries, variables);
  const q = text(request['q'])?.trim();
  if (q) return ofExpressions(request, q, variables);
  return { queries: [], formulas: [], waits: oldSources(request) };
}

function ofFormulas(request: Bag, all: readonly Bag[], variables: Variables): Asked {
  const waits = new Set<string>();
  const missing = new Map<string, string>();
  const queries: MetricQuery[] = [];
  for (const [at, query] of all.entries()) {
    const name = text(query['name']) ?? `query${at + 1}`;
    const source = missingSource(query);
    const asked = text(query['query']);
    if (source !== undefined) missing.set(name, source);
    else if (asked !== undefined) queries.push({ name, query: substitute(asked, variables).trim(), aggregator: oneOf(query['aggregator'], AGGREGATORS) ?? 'avg' });
  }
  const listed = list(request['formulas']).map(bag).filter((formula) => (text(formula['formula']) ?? '').trim() !== '');
  const written: readonly Bag[] = listed.length > 0 ? listed : [...missing.keys(), ...queries.map(({ name }) => name)].map((formula) => ({ formula }));
  const byName = new Map(queries.map(({ name, query }) => [name, query]));
  const formulas: FormulaLine[] = [];
  for (const one of written) {
    const formula = substitute(text(one['formula']) ?? '', variables);
    const lacks = namesIn(formula).flatMap((name) => missing.get(name) ?? []);
    for (const source of lacks) waits.add(source);
    if (lacks.length === 0) formulas.push(lineOf(request, one, formula, inWords(formula, (name) => byName.get(name))));
  }
  const used = new Set(formulas.flatMap(({ formula }) => namesIn(formula)));
  return { queries: queries.filter(({ name }) => used.has(name)), formulas, waits: [...waits] };
}

function ofExpressions(request: Bag, q: string, variables: Variables): Asked {
  const aliases = new Map(
    list(request['metadata']).map((one) => [squeezed(text(bag(one)['expression']) ?? ''), text(bag(one)['alias_name'])] as const),
  );
  const aggregator = oneOf(request['aggregator'], AGGREGATORS) ?? 'avg';
  const parts = splitTop(q);
  const queries = parts.map((part, at): MetricQuery => ({ name: `q${at}`, query: substitute(part, variables), aggregator }));
  const formulas = queries.map(({ name, query }, at): FormulaLine => {
    const alias = aliases.get(squeezed(parts[at] ?? '')) ?? (parts.length === 1 ? text(request['alias']) : undefined);
    return lineOf(request, alias ? { alias } : {}, name, query);
  });
  return { queries, formulas, waits: oldSources(request) };
}

const squeezed = (expression: string) => expression.replace(/\s+/g, '');

function lineOf(request: Bag, one: Bag, formula: string, label: string): FormulaLine {
  const [alias, style, limit] = [text(one['alias']), bag(one['style']), bag(one['limit'])];
  const count = num(limit['count']) ?? num(request['limit']);
  const [palette, paletteIndex] = [text(style['palette']), num(style['palette_index'])];
  const own = conditionsOf(one['conditional_formats']);
  const cell = oneOf(one['cell_display_mode'] ?? list(request['cell_display_mode'])[0], CELLS);
  const trend = oneOf(bag(one['cell_display_mode_options'])['trend_type'], ['line', 'area', 'bars'] as const);
  return {
    formula,
    label,
    format: numberFormatOf(one['number_format']),
    conditions: own.length > 0 ? own : conditionsOf(request['conditional_formats']),
    ...(alias ? { alias } : {}),
    ...(count !== undefined && count > 0 ? { limit: { count: Math.floor(count), order: oneOf(limit['order'] ?? request['order'], ['asc', 'desc'] as const) ?? 'desc' } } : {}),
    ...(palette ? { palette } : {}),
    ...(paletteIndex !== undefined ? { paletteIndex } : {}),
    ...(cell ? { cell } : {}),
    ...(trend ? { trend } : {}),
    ...(bag(one['cell_display_mode_options'])['y_scale'] === 'shared' ? { isSharedScale: true } : {}),
  };
}
