/** Another kind of graph of the same queries. */
import { kindOf } from '../../widgets/registry';
import type { WidgetDefinition } from '../model';
import { formOf } from './forms';
import { isObject } from './path';

/** Kinds whose requests are lists of queries and formulas. */
const ALIKE = ['timeseries', 'query_value', 'toplist', 'query_table', 'change', 'heatmap', 'distribution', 'treemap', 'sunburst', 'bar_chart', 'geomap'];

/** Kinds that this one can become, itself among them; none for others. */
export function alikeOf(type: string): string[] {
  return ALIKE.includes(type) ? ALIKE.filter((one) => kindOf(one) !== undefined) : [];
}

/** What belongs to a widget whatever it draws. */
const KEPT = ['title', 'title_size', 'title_align', 'time', 'custom_links', 'description'] as const;
const KEPT_OF_REQUEST = ['q', 'queries', 'formulas'] as const;
const BOTH: Readonly<Record<string, readonly string[]>> = { timeseries: ['heatmap'], heatmap: ['timeseries'] };
const DRAWN_OVER_TIME = ['markers', 'events', 'yaxis', 'show_legend'] as const;

export function converted(definition: WidgetDefinition, type: string): WidgetDefinition {
  const made = kindOf(type)?.make();
  const shape = formOf(type).queries?.shape;
  if (!made || !shape || type === definition.type) return definition;
  const requests = Array.isArray(definition['requests']) ? definition['requests'].filter(isObject) : [];
  const pattern = Array.isArray(made['requests']) && isObject(made['requests'][0]) ? made['requests'][0] : {};
  const { sort: _, ...plain } = pattern;
  const wanted = formOf(type).queries?.requests === 'many' ? requests : requests.slice(0, 1);
  const next: WidgetDefinition = { ...made };
  for (const key of [...KEPT, ...(BOTH[type]?.includes(definition.type) ? DRAWN_OVER_TIME : [])]) if (definition[key] !== undefined) (next as Record<string, unknown>)[key] = definition[key];
  if (wanted.length > 0) next['requests'] = wanted.map((request) => requestAs(request, plain, shape));
  return next;
}

function requestAs(request: Record<string, unknown>, pattern: Record<string, unknown>, shape: 'timeseries' | 'scalar'): Record<string, unknown> {
  const next: Record<string, unknown> = { ...pattern };
  for (const key of ['q', 'queries', 'formulas', 'query', 'request_type']) delete next[key];
  for (const key of KEPT_OF_REQUEST) if (request[key] !== undefined) next[key] = request[key];
  if (isObject(next['style']) && isObject(request['style']) && typeof request['style']['palette'] === 'string') next['style'] = { ...next['style'], palette: request['style']['palette'] };
  if (!Array.isArray(next['queries'])) {
    delete next['response_format'];
    return next;
  }
  next['response_format'] = shape;
  next['queries'] = next['queries'].filter(isObject).map((query) => {
    if (query['data_source'] !== 'metrics') return query;
    const { aggregator = 'avg', ...rest } = query;
    return shape === 'scalar' ? { ...rest, aggregator } : rest;
  });
  return next;
}
