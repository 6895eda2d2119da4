/** `/dash/system`: the built-in dashboard over what agents tell of their machines. */
import { useMemo } from 'react';

import { countText, UNITS } from '../../charts';
import { EmptyState, ErrorState, Skeleton } from '../../components';
import { Page } from '../../shell';
import { useTime } from '../../time';
import { useParams, useSetParams } from '../../util/url-state';
import { hostFilter, scopeOf, tagCounts, withWord } from '../infrastructure/data/filter';
import { builtinGraphs } from '../infrastructure/data/graphs';
import { useHosts } from '../infrastructure/data/hosts';
import { useActiveMetrics } from '../infrastructure/data/values';
import { FilterBox } from '../infrastructure/parts/FilterBox';
import { NoHosts } from '../infrastructure/parts/NoHosts';
import { SystemGraph } from '../infrastructure/parts/SystemGraph';
import { TopList } from '../infrastructure/parts/TopList';
import styles from './overview.module.css';

const FIRST_MS = 4000;
const REFRESH_MS = 60_000;
const TOP = 10;
const CRUMBS = [{ label: 'Dashboards', to: '/dashboard/lists' }];

export default function SystemOverview() {
  const { scope: filter = '' } = useParams();
  const set = useSetParams();
  const { range, live } = useTime();
  const hosts = useHosts(range, { refreshMs: live ? (count) => (count === 0 ? FIRST_MS : REFRESH_MS) : false });
  const tags = useMemo(() => tagCounts(hosts.data ?? []), [hosts.data]);
  const count = useMemo(() => (hosts.data ?? []).filter(hostFilter(filter)).length, [hosts.data, filter]);
  const onFilter = (tag: string, isOut: boolean) => set({ scope: withWord(filter, tag, isOut) });
  const { scope, rest } = scopeOf(filter);
  return (
    <Page title="System overview" crumbs={CRUMBS} time>
      {hosts.data?.length === 0 ? (
        <NoHosts />
      ) : hosts.error && !hosts.data ? (
        <ErrorState error={hosts.error} onRetry={() => void hosts.refetch()} />
      ) : (
        <>
          <div className={styles.toolbar}>
            <FilterBox value={filter} tags={tags} placeholder="Scope: env:prod, host:web-1, -role:db" onChange={(scope) => set({ scope }, { replace: true })} />
            <span className={styles.count} role="status">
              {rest.length > 0 ? `${rest[0]} is not a tag: key:value narrows graphs` : hosts.data ? `${countText(count)} ${count === 1 ? 'host' : 'hosts'}` : ''}
            </span>
          </div>
          <Graphs scope={scope} onFilter={onFilter} />
        </>
      )}
    </Page>
  );
}

interface GraphsProps {
  scope: string;
  onFilter: (tag: string, isOut: boolean) => void;
}

function Graphs({ scope, onFilter }: GraphsProps) {
  const active = useActiveMetrics();
  const graphs = useMemo(() => builtinGraphs(active.data ?? [], scope), [active.data, scope]);
  if (active.error && !active.data) return <ErrorState error={active.error} onRetry={() => void active.refetch()} />;
  if (!active.data) {
    return (
      <div className={styles.grid} role="status" aria-label="Loading">
        {[1, 2, 3, 4, 5, 6].map((at) => (
          <Skeleton key={at} height="clamp(196px, 23vh, 340px)" />
        ))}
      </div>
    );
  }
  const has = (metric: string) => active.data.includes(metric);
  if (graphs.length === 0) {
    return <EmptyState title="No host has sent system metrics within a day">This page draws system.*: an agent on each host sends them by itself.</EmptyState>;
  }
  return (
    <div className={styles.grid}>
      {graphs.slice(0, 3).map((graph) => (
        <SystemGraph key={graph.id} graph={graph} onFilter={onFilter} />
      ))}
      {has('system.cpu.idle') && (
        <TopList title="Hosts by CPU" query={`avg:system.cpu.idle{${scope}} by {host}`} formula="100 - a" count={TOP} unit={UNITS.percent} full={100} high={90} onFilter={onFilter} />
      )}
      {has('system.mem.pct_usable') && (
        <TopList title="Hosts by memory" query={`avg:system.mem.pct_usable{${scope}} by {host}`} formula="100 - 100 * a" count={TOP} unit={UNITS.percent} full={100} high={90} onFilter={onFilter} />
      )}
      {has('system.disk.in_use') && (
        <TopList title="Fullest disks" query={`max:system.disk.in_use{${scope}} by {host,device}`} formula="100 * a" count={TOP} unit={UNITS.percent} full={100} high={90} onFilter={onFilter} />
      )}
      {graphs.slice(3).map((graph) => (
        <SystemGraph key={graph.id} graph={graph} onFilter={onFilter} />
      ))}
    </div>
  );
}
