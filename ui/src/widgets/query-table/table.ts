/** What a table's definition says of its cells. */
import type { ChartData } from '../../charts/data';
import type { Answered } from '../query/ask';
import { lookOf, type Look } from '../query/conditions';
import { bag, list, text, type Bag } from '../query/json';
import type { FormulaLine } from '../query/request';

export interface FormattedText {
  text: string;
  look: Look;
}

interface Rule {
  matches: (value: string) => boolean;
  replace: (value: string) => string;
  look: Look;
}

/** Rules of the group columns by place. Source: openapi core-v1, `TableWidgetTextFormatRule`. */
export function textFormats(requests: readonly Bag[]): (column: number, value: string) => FormattedText {
  const columns = list(requests[0]?.['text_formats']).map((rules) => list(rules).flatMap((rule) => ruleOf(bag(rule)) ?? []));
  return (column, value) => {
    const rule = columns[column]?.find(({ matches }) => matches(value));
    return rule ? { text: rule.replace(value), look: rule.look } : { text: value, look: {} };
  };
}

function ruleOf(raw: Bag): Rule | undefined {
  const match = bag(raw['match']);
  const wanted = text(match['value']);
  if (wanted === undefined) return undefined;
  const tests: Readonly<Record<string, (value: string) => boolean>> = {
    is: (value) => value === wanted,
    is_not: (value) => value !== wanted,
    contains: (value) => value.includes(wanted),
    does_not_contain: (value) => !value.includes(wanted),
    starts_with: (value) => value.startsWith(wanted),
    ends_with: (value) => value.endsWith(wanted),
  };
  const matches = tests[text(match['type']) ?? 'is'];
  if (!matches) return undefined;
  const replace = bag(raw['replace']);
  const [to, part] = [text(replace['with']), text(replace['substring'])];
  return {
    matches,
    replace: (value) => (to === undefined ? value : replace['type'] === 'substring' && part ? value.replaceAll(part, to) : to),
    look: lookOf(raw),
  };
}

/** The course of a row's formula over time. */
export function trendsOf(parts: readonly Answered<ChartData>[]): (request: number, formula: string, formulas: readonly FormulaLine[], row: string) => readonly (number | null)[] | undefined {
  const byKey = new Map<string, readonly (number | null)[]>();
  for (const [request, { data }] of parts.entries()) {
    for (const { line = 0, tags, values } of data?.series ?? []) byKey.set(JSON.stringify([request, line, [...tags].sort()]), values);
  }
  return (request, formula, formulas, row) => {
    const line = formulas.findIndex((one) => one.formula === formula);
    return byKey.get(JSON.stringify([request, line, row === '' ? [] : row.split(',').sort()]));
  };
}

export interface Widths {
  /** Of a group's column, at most. */
  group: number;
  /** Of a formula's heading, at most. */
  head: number;
  /** Of a bar or a course. */
  track: number;
}

const GROUP = { least: 64, most: 280 };
const HEAD = { least: 64, most: 220 };
const TRACK = { least: 28, most: 80 };
/** A number with its padding. */
const NUMBER = 72;
const PADDING = 18;

/** How wide the parts of a table's columns may be, in pixels, so that the last is seen as well. */
export function widthsOf(width: number, keys: number, cells: readonly ('number' | 'bar' | 'trend')[]): Widths {
  if (width === 0) return { group: GROUP.most, head: HEAD.most, track: TRACK.most };
  const even = width / Math.max(1, keys + cells.length);
  const within = (value: number, { least, most }: { least: number; most: number }) => Math.round(Math.min(most, Math.max(least, value)));
  const track = within(even - NUMBER, TRACK);
  const numbers = cells.reduce((sum, cell) => sum + (cell === 'number' ? NUMBER : NUMBER + track), 0);
  return { group: within((width - numbers) / Math.max(1, keys), GROUP), head: within(even - 2 * PADDING, HEAD), track };
}
