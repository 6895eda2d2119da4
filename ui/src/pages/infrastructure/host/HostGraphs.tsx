/** The graphs of a host that have data, and what else it sends. */
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';

import { ErrorState, Skeleton } from '../../../components';
import { useParams } from '../../../util/url-state';
import { builtinGraphs } from '../data/graphs';
import { useActiveMetrics } from '../data/values';
import { SystemGraph } from '../parts/SystemGraph';
import { timeOf } from '../parts/time-of';
import styles from './host.module.css';

/** Enough to see what there is; the explorer completes the rest. */
const OTHERS_MAX = 60;

export function HostGraphs({ name }: { name: string }) {
  const active = useActiveMetrics(name);
  const scope = `host:${name}`;
  const graphs = useMemo(() => builtinGraphs(active.data ?? [], scope), [active.data, scope]);
  if (active.error && !active.data) return <ErrorState error={active.error} onRetry={() => void active.refetch()} />;
  if (!active.data) {
    return (
      <div className={styles.graphs} role="status" aria-label="Loading">
        {[1, 2, 3, 4].map((at) => (
          <Skeleton key={at} height="clamp(196px, 23vh, 340px)" />
        ))}
      </div>
    );
  }
  const others = active.data.filter((metric) => !metric.startsWith('system.'));
  return (
    <section aria-label="Graphs" className={styles.stack}>
      {active.data.length === 0 && <p className={styles.none}>This host has sent no points within a day.</p>}
      <div className={styles.graphs}>
        {graphs.map((graph) => (
          <SystemGraph key={graph.id} graph={graph} />
        ))}
      </div>
      {others.length > 0 && <Others name={name} metrics={others} />}
    </section>
  );
}

function Others({ name, metrics }: { name: string; metrics: readonly string[] }) {
  const time = timeOf(useParams());
  return (
    <div>
      <h3 className={styles.source}>Other metrics of this host</h3>
      <ul className={styles.others}>
        {metrics.slice(0, OTHERS_MAX).map((metric) => (
          <li key={metric}>
            <Link to={'/metric/explorer' as never} search={{ ...time, a: `avg:${metric}{host:${name}}` } as never}>
              {metric}
            </Link>
          </li>
        ))}
      </ul>
      {metrics.length > OTHERS_MAX && <p className={styles.none}>and {(metrics.length - OTHERS_MAX).toLocaleString('en-US')} more</p>}
    </div>
  );
}
