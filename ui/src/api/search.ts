/** What the palette finds on the server: metrics, hosts and dashboards by a part of their name. */
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

type Dashboards = { id: string; title: string }[];

const HITS_MAX = 12;

function fitting(dashboards: Dashboards, text: string): Dashboards {
  const words = text.toLowerCase().split(/\s+/);
  return dashboards.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word))).slice(0, HITS_MAX);
}

export async function searchEverything(text: string, signal?: AbortSignal): Promise<Hit[]> {
  const [{ results }, dashboards] = await Promise.all([
    api.get<Found>('/api/v1/search', { q: text }, signal),
    // Who may not read dashboards still finds the rest.
    api.get<{ dashboards?: Dashboards }>('/api/procyon/dashboards', { q: text }, signal).catch(() => ({ dashboards: [] })),
  ]);
  const boards = fitting(dashboards.dashboards ?? [], text).map(({ id, title }) => ({
    id: `dashboard.${id}`,
    label: title,
    group: 'Dashboard',
    to: `/dashboard/${encodeURIComponent(id)}`,
    search: {},
  }));
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
  return [...boards, ...hosts, ...metrics];
}
