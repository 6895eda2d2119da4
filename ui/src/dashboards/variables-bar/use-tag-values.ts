/**
 * The values that a variable can take: of its tag, on the metrics that the dashboard draws, and on
 * the hosts that report.
 */
import { useQuery } from '@tanstack/react-query';

import { api } from '../../api';
import { completeMetrics } from '../../api/metric-editor';
import { useDebounced } from '../../util/use-debounced';
import type { Dashboard, TemplateVariable } from '../model';

/** Metrics that are asked for their values; those that use the variable come first. */
const METRICS_MAX = 6;
const STALE_MS = 60_000;
const METRIC = /\b(?:avg|sum|min|max|count|p\d{2,3}|median)(?:\([^)]*\))?:([A-Za-z][\w.]*)\s*\{([^}]*)\}/g;

/** The metrics in a dashboard's queries. */
export function metricsOf(dashboard: Pick<Dashboard, 'widgets'>, variable: string): string[] {
  const using = new Set<string>();
  const others = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value === 'string') {
      for (const [, metric = '', scope = ''] of value.matchAll(METRIC)) (scope.includes(`$${variable}`) ? using : others).add(metric);
    } else if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
  };
  walk(dashboard.widgets);
  return [...new Set([...using, ...others])].slice(0, METRICS_MAX);
}

async function valuesOfMetric(metric: string, key: string, typed: string, signal?: AbortSignal): Promise<string[]> {
  const query = `avg:${metric}{${key}:${typed.replace(/[{},\s]/g, '')}`;
  const { items } = await completeMetrics(query, query.length, signal);
  const prefix = `${key}:`;
  return items.filter(({ kind }) => kind === 'tag_value').map(({ label }) => (label.startsWith(prefix) ? label.slice(prefix.length) : label));
}

async function hostTags(signal?: AbortSignal): Promise<string[]> {
  const { tags } = await api.get<{ tags?: Record<string, string[]> }>('/api/v1/tags/hosts', undefined, signal);
  return Object.keys(tags ?? {});
}

export function useTagValues(variable: TemplateVariable, dashboard: Pick<Dashboard, 'widgets'>, typed: string, enabled: boolean) {
  const key = variable.prefix ?? '';
  const wanted = useDebounced(typed, 150);
  const fixed = variable.available_values ?? [];
  const metrics = metricsOf(dashboard, variable.name);
  const isAsked = enabled && key !== '' && fixed.length === 0;
  const hosts = useQuery({ queryKey: ['host-tags'], queryFn: ({ signal }) => hostTags(signal), enabled: isAsked, staleTime: STALE_MS });
  const found = useQuery({
    queryKey: ['tag-values', key, metrics, wanted],
    queryFn: async ({ signal }) => {
      const lists = await Promise.allSettled(metrics.map((metric) => valuesOfMetric(metric, key, wanted, signal)));
      return lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
    },
    enabled: isAsked,
    staleTime: STALE_MS,
    placeholderData: (old) => old,
  });
  if (fixed.length > 0) return { values: fixed, isLoading: false };
  const ofHosts = (hosts.data ?? []).filter((tag) => tag.startsWith(`${key}:`)).map((tag) => tag.slice(key.length + 1));
  const values = [...new Set([...ofHosts, ...(found.data ?? [])])].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return { values, isLoading: isAsked && (hosts.isPending || found.isPending) };
}
