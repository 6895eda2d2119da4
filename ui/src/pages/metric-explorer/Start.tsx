import { ChartLine, EyeOff } from 'lucide-react';
import { useQuery } from '@tanstack/react-query';

import { api, usePageInfo } from '../../api';
import { EmptyState, SkeletonRows } from '../../components';
import styles from './explorer.module.css';

interface Found {
  results: { metrics?: string[] };
}

const SHOWN_MAX = 60;
const AGAIN_MS = 5000;

/** Before the first query: the metrics that are there, or how to send one. */
export function Start({ isHidden, onPick }: { isHidden: boolean; onPick: (metric: string) => void }) {
  const { data: page } = usePageInfo();
  const { data, isPending } = useQuery({
    queryKey: ['metric-names'],
    queryFn: ({ signal }) => api.get<Found>('/api/v1/search', { q: 'metrics:' }, signal),
    enabled: !isHidden,
    // Goes away by itself when data flows.
    refetchInterval: (query) => ((query.state.data?.results.metrics ?? []).length === 0 ? AGAIN_MS : false),
  });
  if (isHidden) {
    return (
      <EmptyState icon={<EyeOff />} title="All queries are hidden">
        Press a query’s letter to draw it.
      </EmptyState>
    );
  }
  if (isPending) return <SkeletonRows rows={6} />;
  const metrics = data?.results.metrics ?? [];
  if (metrics.length === 0) {
    const url = page?.url ?? window.location.origin;
    return (
      <EmptyState icon={<ChartLine />} title="No metric has arrived yet" command={sendCommand(url)}>
        Install an agent, or send one yourself. This page notices by itself.
      </EmptyState>
    );
  }
  return (
    <div className={styles.start}>
      <h2>Metrics of the last day</h2>
      <ul className={styles.metrics}>
        {metrics.slice(0, SHOWN_MAX).map((metric) => (
          <li key={metric}>
            <button type="button" className={styles.metric} onClick={() => onPick(metric)} title={metric}>
              {metric}
            </button>
          </li>
        ))}
      </ul>
      {metrics.length > SHOWN_MAX && <p className={styles.more}>+ {metrics.length - SHOWN_MAX} more: type a part of the name above.</p>}
    </div>
  );
}

function sendCommand(url: string): string {
  return [
    `curl -X POST ${url}/api/v2/series \\`,
    '  -H "DD-API-KEY: $DD_API_KEY" -H "Content-Type: application/json" \\',
    `  -d '{"series":[{"metric":"my.metric","type":3,"points":[{"timestamp":'$(date +%s)',"value":1}]}]}'`,
  ].join('\n');
}
