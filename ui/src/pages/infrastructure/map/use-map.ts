/** Hosts, groups and values of the map. */
import { useEffect, useMemo, useRef } from 'react';

import { formatValue } from '../../../charts/format';
import type { UnitPair } from '../../../charts/units';
import { compareNames, groupHosts } from '../../../hostmap/groups';
import { domainOf } from '../../../hostmap/scale';
import { useTime } from '../../../time';
import { defaultFill, measureOf, type Measure } from '../data/fills';
import { hostFilter } from '../data/filter';
import { useHosts, type Host } from '../data/hosts';
import { keyOf, useActiveMetrics, useHostValues } from '../data/values';
import type { MapState } from './state';

/** A server without hosts is asked often: the first one shows at once. */
const FIRST_MS = 4000;
const REFRESH_MS = 20_000;
const NO_HOSTS: readonly Host[] = [];
const NO_METRICS: readonly string[] = [];

export function useMap(state: MapState) {
  const { range, live } = useTime();
  const known = useHosts(range, { refreshMs: live ? (count) => (count === 0 ? FIRST_MS : REFRESH_MS) : false });
  const all = known.data ?? NO_HOSTS;
  const active = useActiveMetrics();
  const metrics = active.data ?? NO_METRICS;
  const wanted = useMemo(() => state.fill ?? measureOf(defaultFill(metrics) ?? '', state.isNewest), [state.fill, state.isNewest, metrics]);
  const specs = useMemo(() => [wanted, state.size].filter((measure) => measure !== undefined).map(({ spec }) => spec), [wanted, state.size]);
  const values = useHostValues(specs, range);
  const { fill, size } = useShownMeasures({ fill: wanted, size: state.size }, keyOf(specs), values.data?.key);
  const [filled, sized] = values.data?.values ?? [];

  const hosts = useMemo(() => {
    const fits = hostFilter(state.filter);
    const found = all.filter((host) => fits(host) && (state.withEmpty || filled?.byHost.has(host.name) !== false));
    return found.sort((a, b) => compareNames(a.name, b.name));
  }, [all, state.filter, state.withEmpty, filled]);
  const groupKey = state.groupBy.join(',');
  const sections = useMemo(() => groupHosts(hosts, groupKey === '' ? [] : groupKey.split(',')), [hosts, groupKey]);
  const shown = useMemo(() => {
    const of = (byHost: ReadonlyMap<string, number> | undefined) => hosts.map(({ name }) => byHost?.get(name) ?? null);
    return { fill: of(filled?.byHost), ...(size && sized ? { size: of(sized.byHost) } : {}) };
  }, [hosts, filled, sized, size]);
  const unit: UnitPair = fill?.unit ?? filled?.unit ?? null;
  const domain = useMemo(() => {
    const [min, max] = fill?.domain ?? domainOf(filled?.byHost.values() ?? [], false);
    return [state.min ?? min, state.max ?? max] as const;
  }, [fill?.domain, filled, state.min, state.max]);
  const format = useMemo(() => (value: number) => formatValue(value, unit), [unit]);
  const sizeUnit: UnitPair = size?.unit ?? sized?.unit ?? null;
  return { known, all, metrics, active, wanted, fill, size, values, hosts, sections, shown, unit, sizeUnit, domain, format, partial: filled?.partial };
}

interface Measures {
  fill: Measure | undefined;
  size: Measure | undefined;
}

/**
 * The measures that the values at hand are of: while those of a new choice load, the old ones stay
 * under their own name, unit and scale.
 */
function useShownMeasures(wanted: Measures, wantedKey: string, shownKey: string | undefined): Measures {
  const shown = useRef<{ key: string; measures: Measures }>(undefined);
  useEffect(() => {
    if (wantedKey === shownKey) shown.current = { key: wantedKey, measures: wanted };
  });
  const isOld = shownKey !== undefined && shownKey !== wantedKey && shown.current?.key === shownKey;
  return isOld && shown.current ? shown.current.measures : wanted;
}
