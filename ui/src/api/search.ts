/** What the palette finds on the server: metrics and hosts by a part of their name. */
import { api } from './client';

export interface Hit {
  id: string;
  label: string;
  group: string;
  to: string;
  search: Record<string, string>;
}

interface Found {
  results: { metrics?: string[]; hosts?: string[] };
}

const HITS_MAX = 12;

export async function searchEverything(text: string, signal?: AbortSignal): Promise<Hit[]> {
  const { results } = await api.get<Found>('/api/v1/search', { q: text }, signal);
  const metrics = (results.metrics ?? []).slice(0, HITS_MAX).map((name) => ({
    id: `metric.${name}`,
    label: name,
    group: 'Metric',
    to: '/metric/explorer',
    search: { a: `avg:${name}{*}` },
  }));
  const hosts = (results.hosts ?? []).slice(0, HITS_MAX).map((name) => ({
    id: `host.${name}`,
    label: name,
    group: 'Host',
    to: `/infrastructure/host/${encodeURIComponent(name)}`,
    search: {},
  }));
  return [...hosts, ...metrics];
}
