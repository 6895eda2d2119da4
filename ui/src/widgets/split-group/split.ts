/** What a split graph asks for: the values to split by, and the source's definition for each. */
import type { WidgetDefinition } from '../../dashboards/model';
import { metricOf } from '../../api/timeseries';
import { narrowed, scopeOf } from '../query/expressions';
import { bag, list, num, oneOf, requestsOf, text } from '../query/json';

export interface Split {
  /** `service:web`, or several of them. */
  tags: readonly string[];
}

export interface SplitLook {
  keys: readonly string[];
  limit: number;
  isDown: boolean;
  static: readonly Split[];
  /** Finds the values: one number per value. */
  query: string | undefined;
  aggregator: string;
}

const LIMIT = 24;
const LIMIT_MAX = 100;
const AGGREGATIONS = ['avg', 'sum', 'min', 'max', 'last'] as const;

/** Source: openapi core-v1, `SplitConfig`. */
export function splitLook(definition: WidgetDefinition): SplitLook {
  const config = bag(definition['split_config']);
  const sort = bag(config['sort']);
  const compute = bag(sort['compute']);
  const keys = list(config['split_dimensions']).flatMap((one) => text(bag(one)['one_graph_per']) ?? []);
  const source = firstQuery(bag(definition['source_widget_definition']) as WidgetDefinition);
  const metric = text(compute['metric']) ?? metricOf(source ?? '');
  const aggregator = oneOf(compute['aggregation'], AGGREGATIONS) ?? 'avg';
  const space = aggregator === 'last' ? 'avg' : aggregator;
  return {
    keys,
    limit: Math.min(LIMIT_MAX, Math.max(1, num(config['limit']) ?? LIMIT)),
    isDown: sort['order'] !== 'asc',
    static: list(config['static_splits']).map((vector) => ({
      tags: list(vector).flatMap((item) => list(bag(item)['tag_values']).map((value) => `${text(bag(item)['tag_key']) ?? ''}:${text(value) ?? ''}`)),
    })),
    query: metric && keys.length > 0 ? `${space}:${metric}{${scopeOf(source ?? '')}} by {${keys.join(',')}}` : undefined,
    aggregator,
  };
}

function firstQuery(source: WidgetDefinition): string | undefined {
  for (const request of requestsOf(source)) {
    const found = text(request['q']) ?? list(request['queries']).map((query) => text(bag(query)['query'])).find((query) => query !== undefined);
    if (found) return found;
  }
  return undefined;
}

/** The source with the split's tags in each scope of its metric queries. */
export function narrowedDefinition(source: WidgetDefinition, { tags }: Split, title: string): WidgetDefinition {
  const narrow = (query: string) => tags.reduce((narrower, tag) => narrowed(narrower, tag), query);
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return key === 'q' || key === 'query' ? narrow(value) : value;
    if (Array.isArray(value)) return value.map((one) => walk(one, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner, name)]));
  };
  return { ...source, requests: walk(source['requests'], 'requests'), title };
}

/** As many columns as fit, but rows as even as can be: six are three and three, not five and one. */
export function evenColumns(count: number, width: number, least: number): number {
  const most = Math.max(1, Math.floor(width / least));
  const rows = Math.ceil(Math.max(1, count) / most);
  return Math.ceil(Math.max(1, count) / rows);
}
