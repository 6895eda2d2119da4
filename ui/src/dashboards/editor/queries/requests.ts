/**
 * Queries and formulas of one request, and what can be done to them. Keys that the form does not
 * know stay; a request without `formulas` draws each of its queries.
 */
import { isObject } from '../path';
import { namesIn, nextName } from './letters';

export type Request = Readonly<Record<string, unknown>>;

/** In which form a request asks: today's, the old text, buckets of one query, or another source's. */
export type RequestForm = 'formulas' | 'text' | 'histogram' | 'other';

export interface Query {
  name: string;
  source: string;
  text: string;
  aggregator: string | undefined;
}

export interface Formula {
  formula: string;
  alias: string | undefined;
}

export type Shape = 'timeseries' | 'scalar';

const START = 'avg:system.cpu.user{*}';
const OTHER = ['log_query', 'apm_query', 'apm_stats_query', 'rum_query', 'event_query', 'security_query', 'audit_query', 'network_query', 'process_query', 'profile_metrics_query', 'sql_query'];

export function formOf(request: Request): RequestForm {
  if (Array.isArray(request['queries']) && request['queries'].length > 0) return 'formulas';
  if (typeof request['q'] === 'string') return 'text';
  if (isObject(request['query'])) return request['query']['data_source'] === 'metrics' ? 'histogram' : 'other';
  return OTHER.some((key) => isObject(request[key])) ? 'other' : 'formulas';
}

const rawQueries = (request: Request): readonly Record<string, unknown>[] => (Array.isArray(request['queries']) ? request['queries'].filter(isObject) : []);
const rawFormulas = (request: Request): readonly Record<string, unknown>[] | undefined => (Array.isArray(request['formulas']) ? request['formulas'].filter(isObject) : undefined);

export function queriesOf(request: Request): Query[] {
  return rawQueries(request).map((raw, at) => ({
    name: typeof raw['name'] === 'string' && raw['name'] !== '' ? raw['name'] : `query${at + 1}`,
    source: typeof raw['data_source'] === 'string' ? raw['data_source'] : 'metrics',
    text: textOf(raw),
    aggregator: typeof raw['aggregator'] === 'string' ? raw['aggregator'] : undefined,
  }));
}

/** The query of metrics, or the search of another source. */
function textOf(raw: Record<string, unknown>): string {
  if (typeof raw['query'] === 'string') return raw['query'];
  const { search } = raw;
  return isObject(search) && typeof search['query'] === 'string' ? search['query'] : '';
}

export function namesOf(request: Request): string[] {
  return queriesOf(request).map(({ name }) => name);
}

/** What is drawn, in its order; each query where nothing is said. */
export function formulasOf(request: Request): Formula[] {
  const raw = rawFormulas(request);
  if (!raw || raw.length === 0) return namesOf(request).map((formula) => ({ formula, alias: undefined }));
  return raw.map((one) => ({ formula: typeof one['formula'] === 'string' ? one['formula'] : '', alias: typeof one['alias'] === 'string' ? one['alias'] : undefined }));
}

/** Formulas written down: before one of them changes. */
function withFormulas(request: Request): Request & { formulas: Record<string, unknown>[] } {
  const raw = rawFormulas(request);
  const formulas = raw && raw.length > 0 ? [...raw] : namesOf(request).map((formula) => ({ formula }));
  return { ...request, formulas };
}

/** Where the query itself is drawn, without a calculation. */
export function drawnAt(request: Request, name: string): number {
  return formulasOf(request).findIndex(({ formula }) => formula.trim() === name);
}

export function setQuery(request: Request, at: number, patch: Record<string, unknown>): Request {
  return { ...request, queries: rawQueries(request).map((raw, index) => (index === at ? { ...raw, ...patch } : raw)) };
}

export function newQuery(name: string, shape: Shape, text = START): Record<string, unknown> {
  return { data_source: 'metrics', name, query: text, ...(shape === 'scalar' ? { aggregator: 'avg' } : {}) };
}

export function addQuery(request: Request, shape: Shape): Request {
  const name = nextName(namesOf(request));
  const isFirst = rawQueries(request).length === 0;
  const base = isFirst ? { response_format: shape, ...request } : request;
  const { formulas } = withFormulas(base);
  return { ...base, queries: [...rawQueries(base), newQuery(name, shape)], formulas: [...formulas, { formula: name }] };
}

export function duplicateQuery(request: Request, at: number): Request {
  const raw = rawQueries(request)[at];
  if (!raw) return request;
  const name = nextName(namesOf(request));
  const queries = [...rawQueries(request)];
  queries.splice(at + 1, 0, { ...raw, name });
  const { formulas } = withFormulas(request);
  return { ...request, queries, formulas: [...formulas, { formula: name }] };
}

/** With what draws it; a calculation with it stays, and says that it lacks. */
export function removeQuery(request: Request, at: number): Request {
  const name = namesOf(request)[at];
  if (name === undefined) return request;
  const queries = rawQueries(request).filter((_, index) => index !== at);
  const formulas = rawFormulas(request)?.filter((one) => one['formula'] !== name);
  const next: Record<string, unknown> = { ...request, queries };
  if (formulas) next['formulas'] = formulas;
  return next;
}

function moved<T>(list: readonly T[], at: number, by: number): T[] {
  const to = at + by;
  const item = list[at];
  if (item === undefined || to < 0 || to >= list.length) return [...list];
  const next = list.filter((_, index) => index !== at);
  next.splice(to, 0, item);
  return next;
}

export function moveQuery(request: Request, at: number, by: number): Request {
  return { ...request, queries: moved(rawQueries(request), at, by) };
}

export function moveFormula(request: Request, at: number, by: number): Request {
  const whole = withFormulas(request);
  return { ...whole, formulas: moved(whole.formulas, at, by) };
}

/** Draws a query by itself, or no longer. */
export function toggleDrawn(request: Request, name: string): Request {
  const whole = withFormulas(request);
  const at = whole.formulas.findIndex((one) => one['formula'] === name);
  if (at < 0) return { ...whole, formulas: [...whole.formulas, { formula: name }] };
  return { ...whole, formulas: whole.formulas.filter((_, index) => index !== at) };
}

export function setFormula(request: Request, at: number, patch: Record<string, unknown>): Request {
  const whole = withFormulas(request);
  const formulas = whole.formulas.map((one, index) => {
    if (index !== at) return one;
    const next: Record<string, unknown> = { ...one, ...patch };
    for (const [key, value] of Object.entries(patch)) if (value === undefined) delete next[key];
    return next;
  });
  return { ...whole, formulas };
}

/** What was drawn alone is part of it now, and drawn no longer. */
export function addFormula(request: Request): Request {
  const names = namesOf(request);
  const [first = 'query1', second] = names;
  const formula = second === undefined ? `${first} * 1` : `${first} / ${second}`;
  const whole = withFormulas(request);
  const used = namesIn(formula, names);
  return { ...whole, formulas: [...whole.formulas.filter((one) => !used.includes(String(one['formula']))), { formula }] };
}

export function removeFormula(request: Request, at: number): Request {
  const whole = withFormulas(request);
  return { ...whole, formulas: whole.formulas.filter((_, index) => index !== at) };
}

/** The same request drawn dashed, as it was a week before; `undefined` for old forms. */
export function compared(request: Request, seconds: number, words: string): Request | undefined {
  const style = { ...(isObject(request['style']) ? request['style'] : {}), line_type: 'dashed' };
  if (typeof request['q'] === 'string') return { ...request, q: `timeshift(${request['q']}, -${seconds})`, style };
  if (formOf(request) !== 'formulas' || rawQueries(request).length === 0) return undefined;
  const formulas = formulasOf(request).map(({ formula, alias }) => ({ formula: `timeshift(${formula}, -${seconds})`, alias: alias ? `${alias} (${words})` : words }));
  return { ...request, formulas, style };
}
