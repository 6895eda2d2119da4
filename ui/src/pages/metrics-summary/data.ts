/**
 * Metrics with what is known of them. Names come at once; types, series, hosts and last points
 * follow for those that reported in the past hour, units with the rows that are in sight.
 */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { api } from '../../api';
import { splitTag } from '../../explorer/facets';

export interface Detail {
  type: string;
  series: number;
  hosts: number;
  /** Unix milliseconds of the newest point. */
  last: number;
  /** Seconds between points; 0 when not told. */
  interval: number;
}

export interface MetricRow {
  name: string;
  /** Undefined: nothing in the past hour, or not loaded. */
  detail: Detail | undefined;
}

export interface Metadata {
  type: string | null;
  unit: string | null;
  per_unit: string | null;
  description: string | null;
  short_name: string | null;
  integration: string | null;
  statsd_interval: number | null;
}

const PAGE = 10_000;
/** More than the page can list; it says so. */
export const NAMES_MAX = 50_000;
const HOUR_S = 3600;
const MONTH_S = 30 * 86_400;

interface ListAnswer {
  data: { id: string }[];
  meta: { pagination: { next_cursor: string | null } };
}

async function fetchNames(windowSecs: number, tags: string, signal: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | null = null;
  do {
    const query: Record<string, string | number | undefined> = {
      'window[seconds]': windowSecs,
      'page[size]': PAGE,
      'filter[tags]': tags === '' ? undefined : tags,
      'page[cursor]': cursor ?? undefined,
    };
    const answer: ListAnswer = await api.get<ListAnswer>('/api/v2/metrics', query, signal);
    names.push(...answer.data.map(({ id }) => id));
    cursor = answer.meta.pagination.next_cursor;
  } while (cursor !== null && names.length < NAMES_MAX);
  return names;
}

/** Names of the metrics that reported since then under these tags (`env:prod,team:core`). */
export function useMetricNames(windowMs: number, tags: string) {
  // Whole minutes: a live range does not ask anew each second.
  const windowSecs = Math.min(MONTH_S, Math.max(60, Math.ceil(windowMs / 60_000) * 60));
  return useQuery({
    queryKey: ['metric names', windowSecs, tags],
    queryFn: ({ signal }) => fetchNames(windowSecs, tags, signal),
    placeholderData: keepPreviousData,
    // While there is none, the first one is waited for.
    refetchInterval: (query) => (query.state.data?.length === 0 ? 5000 : 60_000),
  });
}

interface DetailsAnswer {
  metrics: { metric: string; type: string; interval: number; series: number; hosts: number; last: number }[];
}

export function detailsOf({ metrics }: DetailsAnswer): Map<string, Detail> {
  return new Map(metrics.map(({ metric, last, ...detail }) => [metric, { ...detail, last: last * 1000 }]));
}

export function useMetricDetails() {
  return useQuery({
    queryKey: ['metric details'],
    queryFn: async ({ signal }) => detailsOf(await api.get<DetailsAnswer>('/api/procyon/metrics', { 'window[seconds]': HOUR_S }, signal)),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
    staleTime: 30_000,
    // Maps are compared by identity.
    structuralSharing: false,
  });
}

export function useMetadata(metric: string, enabled = true) {
  return useQuery({
    queryKey: ['metric metadata', metric],
    queryFn: ({ signal }) => api.get<Metadata>(`/api/v1/metrics/${encodeURIComponent(metric)}`, undefined, signal),
    staleTime: 300_000,
    enabled,
  });
}

/** True once the component stayed for a moment: rows that fly by while scrolling ask nothing. */
export function useSettled(ms: number): boolean {
  const [isSettled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return isSettled;
}

export type MetadataPatch = Partial<Record<'type' | 'unit' | 'per_unit' | 'description' | 'short_name', string>> & { statsd_interval?: number };

export function useSaveMetadata(metric: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (patch: MetadataPatch) => api.put<Metadata>(`/api/v1/metrics/${encodeURIComponent(metric)}`, patch),
    onSuccess: (saved) => client.setQueryData(['metric metadata', metric], saved),
  });
}

export function useTags(metric: string) {
  return useQuery({
    queryKey: ['metric tags', metric],
    queryFn: async ({ signal }) => {
      const answer = await api.get<{ data: { attributes: { tags: string[] } } }>(`/api/v2/metrics/${encodeURIComponent(metric)}/all-tags`, undefined, signal);
      return keysOf(answer.data.attributes.tags);
    },
    staleTime: 60_000,
  });
}

export interface TagKey {
  key: string;
  values: string[];
}

/** Tags by their keys, the key with most values first; bare tags stand under the empty key. */
export function keysOf(tags: readonly string[]): TagKey[] {
  const keys = new Map<string, string[]>();
  for (const tag of tags) {
    const [key, value] = splitTag(tag);
    keys.set(key, [...(keys.get(key) ?? []), value]);
  }
  return [...keys].map(([key, values]) => ({ key, values })).sort((a, b) => b.values.length - a.values.length || a.key.localeCompare(b.key));
}

export interface Volume {
  indexed: number;
  ingested: number;
}

export function useVolume(metric: string) {
  return useQuery({
    queryKey: ['metric volume', metric],
    queryFn: async ({ signal }): Promise<Volume> => {
      const answer = await api.get<{ data: { attributes: { indexed_volume: number; ingested_volume: number } } }>(`/api/v2/metrics/${encodeURIComponent(metric)}/volumes`, undefined, signal);
      return { indexed: answer.data.attributes.indexed_volume, ingested: answer.data.attributes.ingested_volume };
    },
    staleTime: 60_000,
  });
}

/** `byte per second`, `percent`; empty without a unit. */
export function unitText(metadata: Pick<Metadata, 'unit' | 'per_unit'> | undefined): string {
  if (!metadata?.unit) return '';
  return metadata.per_unit ? `${metadata.unit} per ${metadata.per_unit}` : metadata.unit;
}

/** How the values of several series are best joined in one line. */
export function spaceAggregator(type: string | undefined): string {
  return type === 'count' || type === 'rate' ? 'sum' : 'avg';
}

export function fits(name: string, filter: string): boolean {
  // Each word has to be in it, in any order.
  return filter.toLowerCase().split(/\s+/).every((word) => name.toLowerCase().includes(word));
}
