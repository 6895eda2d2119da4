/** Results of one service check put together, as check status widgets show them. */
import { stateOf, type State } from '../../components';
import { fitsTags } from '../parts/tags';

export interface CheckResult {
  host: string;
  status: string;
  message: string;
  tags: string[];
  /** Unix seconds. */
  time: number;
}

export interface CheckGroup {
  /** `env:prod`; empty when nothing divides. */
  name: string;
  counts: Record<State, number>;
  total: number;
}

const ORDER: readonly State[] = ['alert', 'warn', 'nodata', 'ok', 'muted'];

/** The worst of some results; no data without any. */
export function worstOf(results: readonly CheckResult[]): State {
  const states = new Set(results.map(({ status }) => stateOf(status)));
  return ORDER.find((state) => states.has(state)) ?? 'nodata';
}

/** What failed first, then the newest. */
export function byNeed(results: readonly CheckResult[]): CheckResult[] {
  return [...results].sort((a, b) => ORDER.indexOf(stateOf(a.status)) - ORDER.indexOf(stateOf(b.status)) || b.time - a.time);
}

/** The results that have all of the tags. */
export function fitting(results: readonly CheckResult[], scope: readonly string[]): CheckResult[] {
  return results.filter(({ host, tags }) => fitsTags(scope, (tag) => tag === `host:${host}` || tags.includes(tag)));
}

/** By the values of some keys; the groups that need a look come first. */
export function groupResults(results: readonly CheckResult[], keys: readonly string[]): CheckGroup[] {
  const groups = new Map<string, CheckGroup>();
  for (const result of results) {
    const name = keys.map((key) => tagOf(result, key)).join(', ');
    const group = groups.get(name) ?? { name, counts: { ok: 0, warn: 0, alert: 0, nodata: 0, muted: 0 }, total: 0 };
    group.counts[stateOf(result.status)] += 1;
    group.total += 1;
    groups.set(name, group);
  }
  return [...groups.values()].sort((a, b) => b.counts.alert - a.counts.alert || b.counts.warn - a.counts.warn || a.name.localeCompare(b.name, 'en', { numeric: true }));
}

function tagOf({ host, tags }: CheckResult, key: string): string {
  if (key === 'host') return `host:${host}`;
  return tags.find((tag) => tag.startsWith(`${key}:`)) ?? `no ${key}`;
}
