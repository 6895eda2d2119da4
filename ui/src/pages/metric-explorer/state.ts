/**
 * What the explorer shows, as its address holds it: `a`, `b`, … are queries, `f1`, `f2`, …
 * formulas over them, `off` the lines that are not drawn.
 */
import type { ChartKind, ChartScale } from '../../charts';
import type { Params } from '../../util/url-state';

export interface Line {
  /** `a` or `f1`. */
  name: string;
  text: string;
  isFormula: boolean;
  isOff: boolean;
}

export interface ExplorerState {
  lines: Line[];
  kind: ChartKind;
  scale: ChartScale;
  /** One graph per group. */
  isSplit: boolean;
}

export const QUERY_NAMES = [...'abcdefghij'];
export const FORMULA_NAMES = Array.from({ length: 9 }, (_, at) => `f${at + 1}`);

const KINDS: readonly ChartKind[] = ['line', 'area', 'bars'];

export function readState(params: Params): ExplorerState {
  const off = new Set((params['off'] ?? '').split(','));
  const linesOf = (names: readonly string[], isFormula: boolean): Line[] =>
    names.flatMap((name) => {
      const text = params[name];
      return text === undefined ? [] : [{ name, text, isFormula, isOff: off.has(name) }];
    });
  return {
    lines: [...linesOf(QUERY_NAMES, false), ...linesOf(FORMULA_NAMES, true)],
    kind: KINDS.find((kind) => kind === params['kind']) ?? 'line',
    scale: params['scale'] === 'log' ? 'log' : 'linear',
    isSplit: params['split'] === 'group',
  };
}

/** A name that no line has; undefined when all are taken. */
export function freeName(taken: readonly string[], isFormula: boolean): string | undefined {
  return (isFormula ? FORMULA_NAMES : QUERY_NAMES).find((name) => !taken.includes(name));
}

/** The parameter that turns a line on or off. */
export function toggledOff(lines: readonly Line[], name: string): string | undefined {
  const off = lines.filter((line) => line.isOff !== (line.name === name)).map((line) => line.name);
  return off.length === 0 ? undefined : off.join(',');
}

/** What is asked: all queries that something needs, and as formulas the lines that are drawn. */
export function requestOf(lines: readonly Line[]): { queries: { name: string; query: string }[]; formulas: string[] } {
  const drawn = lines.filter((line) => !line.isOff && line.text.trim() !== '');
  const formulas = drawn.map((line) => (line.isFormula ? line.text : line.name));
  const needed = lines.filter(
    (line) => !line.isFormula && line.text.trim() !== '' && formulas.some((formula) => uses(formula, line.name)),
  );
  return { queries: needed.map(({ name, text }) => ({ name, query: text })), formulas: needed.length === 0 ? [] : formulas };
}

/** Whether a formula names a query: `a` in `a / b`, not in `abs(b)`. */
export function uses(formula: string, name: string): boolean {
  return new RegExp(`(^|[^\\w.])${name}($|[^\\w.(])`).test(formula);
}

/** Narrows a query to a tag, or away from it. */
export function withFilter(query: string, tag: string, isOut: boolean): string {
  const term = isOut ? `!${tag}` : tag;
  return query.replace(/(^|[\s(:,+\-*/])([a-zA-Z_][\w.]*)\{([^{}]*)\}/g, (_whole, before: string, metric: string, scope: string) => {
    const inner = scope.trim();
    if (inner === '' || inner === '*') return `${before}${metric}{${term}}`;
    if (inner.split(',').map((part) => part.trim()).includes(term)) return `${before}${metric}{${inner}}`;
    // Commas and words do not mix in one scope.
    if (/\b(AND|OR|NOT|IN)\b/i.test(inner)) return `${before}${metric}{(${inner}) AND ${isOut ? 'NOT ' : ''}${tag}}`;
    return `${before}${metric}{${inner},${term}}`;
  });
}
