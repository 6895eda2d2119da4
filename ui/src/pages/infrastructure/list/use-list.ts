/** The rows of the host list: hosts with their newest values. */
import { useMemo } from 'react';

import { useTime } from '../../../time';
import { measureOf } from '../data/fills';
import { hostFilter } from '../data/filter';
import { useHosts, type Host } from '../data/hosts';
import { hostState } from '../data/status';
import { useHostValues, type ValueSpec } from '../data/values';
import type { Row } from './columns';

const FIRST_MS = 4000;
const REFRESH_MS = 20_000;
/** What Agents tell of their machines changes rarely, and is long. */
const META_MS = 300_000;
const NO_HOSTS: readonly Host[] = [];

const SPECS: ValueSpec[] = ['avg:cpuutilization', 'avg:memoryused', 'avg:system.load.15', 'avg:iowait'].map((id) => {
  const measure = measureOf(id, false);
  if (!measure) throw new Error(`BUG: ${id} is not a measure`);
  return measure.spec;
});

export function useList(filter: string, status: string) {
  const { range, live } = useTime();
  const known = useHosts(range, { refreshMs: live ? (count) => (count === 0 ? FIRST_MS : REFRESH_MS) : false });
  const described = useHosts(range, { withMeta: true, refreshMs: live ? () => META_MS : false });
  const all = known.data ?? NO_HOSTS;
  const values = useHostValues(SPECS, range);
  const metas = useMemo(() => new Map((described.data ?? []).map(({ name, meta }) => [name, meta])), [described.data]);
  const rows = useMemo(() => {
    const fits = hostFilter(filter);
    const now = Date.now();
    const [cpu, memory, load, iowait] = values.data?.values ?? [];
    return all.filter(fits).map(
      (host): Row => ({
        host,
        state: hostState(host, now),
        meta: metas.get(host.name) ?? host.meta,
        cpu: cpu?.byHost.get(host.name) ?? null,
        memory: memory?.byHost.get(host.name) ?? null,
        load: load?.byHost.get(host.name) ?? null,
        iowait: iowait?.byHost.get(host.name) ?? null,
        now,
      }),
    );
  }, [all, filter, metas, values.data]);
  const counts = useMemo(() => {
    const byText = new Map<string, number>();
    for (const { state } of rows) byText.set(state.text, (byText.get(state.text) ?? 0) + 1);
    return byText;
  }, [rows]);
  const shown = useMemo(() => (status === '' ? rows : rows.filter(({ state }) => state.text === status)), [rows, status]);
  return { known, values, all, rows, shown, counts };
}
