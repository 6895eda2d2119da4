/** One number per host, of metrics over the page's time. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { api } from '../../../api';
import { useHeld } from '../../../api/use-held';
import type { UnitPair } from '../../../charts/units';
import type { Range } from '../../../time';

/** How the points of the time become one number. */
export type Over = 'avg' | 'max' | 'min' | 'sum' | 'last';

/** What is asked: metric queries by name, and a formula over them. */
export interface ValueSpec {
  queries: Record<string, string>;
  formula: string;
  over: Over;
}

export interface HostValues {
  byHost: ReadonlyMap<string, number>;
  unit: UnitPair;
  /** Why some of it is missing. */
  partial?: string | undefined;
}

interface Column {
  name: string;
  type: string;
  values: (string[] | number | null)[];
  meta?: { unit?: UnitPair };
}

interface Answer {
  data: { attributes: { columns: Column[] } };
  errors?: string;
}

/** The columns of a scalar answer as one map for each formula. */
export function readColumns(answer: Answer): HostValues[] {
  const columns = answer.data.attributes.columns;
  const hosts = columns.find(({ type }) => type === 'group')?.values ?? [];
  return columns.filter(({ type }) => type === 'number').map(({ values, meta }) => {
    const byHost = new Map<string, number>();
    for (const [at, host] of hosts.entries()) {
      const value = values[at];
      const name = Array.isArray(host) ? host[0] : undefined;
      if (typeof value === 'number' && name !== undefined) byHost.set(name, value);
    }
    return { byHost, unit: meta?.unit ?? null, partial: answer.errors };
  });
}

export async function hostValues(specs: readonly ValueSpec[], range: Range, signal?: AbortSignal): Promise<HostValues[]> {
  if (specs.length === 0) return [];
  const names = new Map<string, string>();
  const queries = specs.flatMap((spec, at) =>
    Object.entries(spec.queries).map(([name, query]) => {
      names.set(`${at} ${name}`, `${name}${at}`);
      return { data_source: 'metrics', name: `${name}${at}`, query, aggregator: spec.over };
    }),
  );
  const formulas = specs.map((spec, at) => ({
    // Names of queries are single letters, so whole words are safe to change.
    formula: spec.formula.replace(/\b[a-z]\b/g, (name) => names.get(`${at} ${name}`) ?? name),
  }));
  const attributes = { from: range.from, to: range.to, queries, formulas };
  const body = { data: { type: 'scalar_request', attributes } };
  return readColumns(await api.post<Answer>('/api/v2/query/scalar', body, signal));
}

export interface Found {
  /** Which specs these are the values of: while new ones load the old ones stay. */
  key: string;
  values: HostValues[];
}

export function keyOf(specs: readonly ValueSpec[]): string {
  return JSON.stringify(specs);
}

export function useHostValues(specs: readonly ValueSpec[], range: Range) {
  const key = keyOf(specs);
  const result = useQuery({
    queryKey: ['host-values', key, range.from, range.to],
    queryFn: async ({ signal }): Promise<Found> => ({ key, values: await hostValues(specs, range, signal) }),
    placeholderData: keepPreviousData,
    enabled: specs.length > 0,
    // Each moment is a key of its own while live: old ones need not be kept.
    gcTime: 10_000,
  });
  return { ...useHeld(result, key), error: result.error };
}

/** What the server says of itself (docs/own-metrics.md) has not arrived from anywhere. */
const OWN = /^(procyon|datadog\.estimated_usage)\./;

/** Names of the metrics that reported within a day, of one host or of all. */
export function useActiveMetrics(host?: string) {
  return useQuery({
    queryKey: ['active-metrics', host],
    queryFn: async ({ signal }) => {
      const from = Math.floor(Date.now() / 1000) - 86_400;
      const { metrics } = await api.get<{ metrics: string[] }>('/api/v1/metrics', { from, host }, signal);
      return metrics.filter((metric) => !OWN.test(metric));
    },
    staleTime: 60_000,
    refetchInterval: (query) => (query.state.data?.length ? 120_000 : 5000),
  });
}
