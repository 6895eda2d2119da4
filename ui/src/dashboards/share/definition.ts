/** Graphs of other pages as widgets, and widgets without the variables of their dashboard. */
import { isObject } from '../editor/path';
import type { WidgetDefinition } from '../model';
import { substitute, type Variables } from '../variables';

interface GraphOf {
  title: string;
  queries: readonly { name: string; query: string }[];
  formulas?: readonly string[] | undefined;
  kind?: string | undefined;
  scale?: string | undefined;
}

export function timeseriesOf({ title, queries, formulas, kind = 'line', scale }: GraphOf): WidgetDefinition {
  const request = {
    response_format: 'timeseries',
    queries: queries.map(({ name, query }) => ({ data_source: 'metrics', name, query })),
    formulas: (formulas ?? queries.map(({ name }) => name)).map((formula) => ({ formula })),
    display_type: kind === 'area' || kind === 'bars' ? kind : 'line',
    style: { palette: 'dog_classic', line_type: 'solid', line_width: 'normal' },
  };
  return { type: 'timeseries', title, show_legend: true, requests: [request], ...(scale === 'log' ? { yaxis: { scale: 'log' } } : {}) };
}

/** With values in place of variables: for those who do not have the dashboard's. */
export function filledIn(definition: WidgetDefinition, variables: Variables): WidgetDefinition {
  return walk(definition, (text) => substitute(text, variables)) as WidgetDefinition;
}

function walk(value: unknown, of: (text: string) => string): unknown {
  if (typeof value === 'string') return of(value);
  if (Array.isArray(value)) return value.map((one) => walk(one, of));
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, walk(one, of)])) : value;
}

/** Kinds that are drawn as a picture: those that ask for series over time or for values. */
export function canBePicture({ requests }: WidgetDefinition): boolean {
  return Array.isArray(requests) && requests.some((one) => isObject(one) && (typeof one['q'] === 'string' || Array.isArray(one['queries'])));
}
