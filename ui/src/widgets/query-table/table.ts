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
