/** Hosts as the API lists them, and as the pages use them. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { api, ApiError } from '../../../api';
import { HOUR, MINUTE, type Range } from '../../../time';

interface ApiHost {
  name: string;
  aliases?: string[];
  apps?: string[];
  tags_by_source?: Record<string, string[]>;
  up?: boolean;
  last_reported_time?: number;
  is_muted?: boolean;
  mute_timeout?: number | null;
  meta?: HostMeta;
}

/** What the Agent told of itself and its machine; any of it may be absent. */
export interface HostMeta {
  agent_version?: string;
  /** `[name, display, id, status, message, …]` of each check. */
  agent_checks?: unknown;
  /** A JSON document as text. */
  gohai?: string;
  platform?: string;
  machine?: string;
  processor?: string;
  cpuCores?: number;
  'socket-fqdn'?: string;
  'socket-hostname'?: string;
  install_method?: { tool?: string; tool_version?: string; installer_version?: string } | null;
}

export interface Host {
  name: string;
  aliases: string[];
  apps: string[];
  /** All tags, each once, sorted. */
  tagList: string[];
  /** Values by key. */
  tags: ReadonlyMap<string, readonly string[]>;
  tagsBySource: Record<string, string[]>;
  isUp: boolean;
  isMuted: boolean;
  /** Unix seconds; null is for ever. */
  muteEnd: number | null;
  /** Unix seconds; the server tells it by age classes. */
  lastReported: number;
  meta: HostMeta;
}

interface Answer {
  host_list: ApiHost[];
  total_matching: number;
}

/** The server's own page. */
const PAGE = 1000;
/** More would not be readable, and hold the browser up. */
export const HOSTS_MAX = 20_000;
/** How far back the server looks by itself. */
const RECENT_MS = 3 * HOUR;

export function readHost(raw: ApiHost): Host {
  const tagsBySource = raw.tags_by_source ?? {};
  const tagList = [...new Set(Object.values(tagsBySource).flat())].sort();
  const tags = new Map<string, string[]>();
  for (const tag of tagList) {
    const colon = tag.indexOf(':');
    if (colon <= 0) continue;
    const [key, value] = [tag.slice(0, colon), tag.slice(colon + 1)];
    const known = tags.get(key);
    if (known) known.push(value);
    else tags.set(key, [value]);
  }
  return {
    name: raw.name,
    aliases: (raw.aliases ?? []).filter((alias) => alias !== raw.name),
    apps: raw.apps ?? [],
    tagList,
    tags,
    tagsBySource,
    isUp: raw.up ?? false,
    isMuted: raw.is_muted ?? false,
    muteEnd: raw.mute_timeout ?? null,
    lastReported: raw.last_reported_time ?? 0,
    meta: raw.meta ?? {},
  };
}

async function page(start: number, from: number | undefined, withMeta: boolean, signal: AbortSignal): Promise<Answer> {
  const query = { start, count: PAGE, from, include_hosts_metadata: withMeta, sort_field: 'name' };
  return api.get<Answer>('/api/v1/hosts', query, signal);
}

/** All hosts, the first page first, the others side by side. */
async function allHosts(from: number | undefined, withMeta: boolean, signal: AbortSignal): Promise<Host[]> {
  const first = await page(0, from, withMeta, signal);
  const total = Math.min(first.total_matching, HOSTS_MAX);
  const starts = Array.from({ length: Math.max(0, Math.ceil(total / PAGE) - 1) }, (_, at) => (at + 1) * PAGE);
  const rest = await Promise.all(starts.map((start) => page(start, from, withMeta, signal)));
  const byName = new Map<string, Host>();
  // A host may stand on two pages when others come or go between the calls.
  for (const raw of [first, ...rest].flatMap(({ host_list }) => host_list)) byName.set(raw.name, readHost(raw));
  return [...byName.values()];
}

/** The start that the server is asked for: none while its own is early enough. */
export function sinceOf(range: Range, now: number): number | undefined {
  if (range.from >= now - RECENT_MS) return undefined;
  return Math.max(0, Math.floor(range.from / (5 * MINUTE)) * 300);
}

interface HostsOptions {
  withMeta?: boolean;
  /** How soon to ask again, by how many hosts are known. */
  refreshMs?: ((count: number) => number) | false;
}

export function useHosts(range: Range, options: HostsOptions = {}) {
  const since = sinceOf(range, Date.now());
  const withMeta = options.withMeta ?? false;
  return useQuery({
    queryKey: ['hosts', since, withMeta],
    queryFn: ({ signal }) => allHosts(since, withMeta, signal),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (options.refreshMs ? options.refreshMs(state.data?.length ?? 0) : false),
    staleTime: 10_000,
  });
}

/** How far back one host is looked for: longer than it may have been away for repair. */
const ONE_SINCE_MS = 30 * 24 * HOUR;

export function useHost(name: string) {
  return useQuery({
    queryKey: ['hosts', 'one', name],
    queryFn: async ({ signal }) => {
      const from = Math.floor((Date.now() - ONE_SINCE_MS) / 1000);
      const query = { filter: `host:${name}`, count: PAGE, from };
      const { host_list } = await api.get<Answer>('/api/v1/hosts', query, signal);
      const raw = host_list.find((host) => host.name === name);
      if (!raw) throw new ApiError(404, `No host is called ${name}`, 'It has not reported within 30 days, or the name is mistyped.');
      return readHost(raw);
    },
    placeholderData: (old) => (old?.name === name ? old : undefined),
    refetchInterval: 30_000,
  });
}
