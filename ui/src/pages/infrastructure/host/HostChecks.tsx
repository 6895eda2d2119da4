/** What the checks of a host said when they last ran: service checks, and the Agent's own. */
import { useQuery } from '@tanstack/react-query';

import { api } from '../../../api';
import { ErrorState, SkeletonRows, stateOf, Status, Tags } from '../../../components';
import { agoText } from '../../../time';
import { agentChecksOf } from '../data/gohai';
import type { Host } from '../data/hosts';
import styles from './host.module.css';

interface ServiceCheck {
  check: string;
  status: string;
  tags: string[] | string | null;
  message: string;
  /** Unix seconds. */
  time: number;
}

export function useChecks(host: string) {
  return useQuery({
    queryKey: ['checks', host],
    queryFn: async ({ signal }) => (await api.get<{ checks: ServiceCheck[] }>(`/api/procyon/hosts/${encodeURIComponent(host)}/checks`, {}, signal)).checks,
    refetchInterval: 30_000,
  });
}

/** What needs a look comes first. */
const ORDER = ['critical', 'warning', 'unknown', 'ok'];

export function HostChecks({ host }: { host: Host }) {
  const checks = useChecks(host.name);
  const agent = agentChecksOf(host.meta);
  if (checks.error && !checks.data) return <ErrorState error={checks.error} onRetry={() => void checks.refetch()} />;
  if (!checks.data) return <SkeletonRows rows={4} />;
  const sorted = [...checks.data].sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || a.check.localeCompare(b.check));
  if (sorted.length + agent.length === 0) return <p className={styles.none}>No check of this host has reported within 3 hours.</p>;
  return (
    <section aria-label="Checks" className={styles.stack}>
      {sorted.length > 0 && (
        <ul className={styles.checks}>
          {sorted.map((row) => {
            const tags = tagsOf(row.tags).filter((tag) => tag !== `host:${host.name}`);
            return (
              <li key={`${row.check} ${tags.join(',')}`} className={styles.check}>
                <Status state={stateOf(row.status)} text={wordOf(row.status)} />
                <code className={styles.checkName}>{row.check}</code>
                <span className={styles.when}>{agoText(row.time * 1000, Date.now())}</span>
                {row.message && <p className={styles.message}>{row.message}</p>}
                {tags.length > 0 && (
                  <div className={styles.checkTags}>
                    <Tags tags={tags} />
                  </div>
                )}
              </li>
            );
          })}
        </ul>
      )}
      {agent.length > 0 && (
        <div>
          <h3 className={styles.source}>Run by the agent</h3>
          <ul className={styles.checks}>
            {agent.map((check, at) => (
              <li key={`${check.name} ${at}`} className={styles.check}>
                <Status state={stateOf(check.status)} text={wordOf(check.status)} />
                <code className={styles.checkName}>{check.name}</code>
                {check.message && <p className={styles.message}>{check.message}</p>}
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

function wordOf(status: string): string {
  return status.length <= 2 ? status.toUpperCase() : status.slice(0, 1).toUpperCase() + status.slice(1).toLowerCase();
}

/** Tags come as a list, or as one text with commas. */
function tagsOf(tags: string[] | string | null): string[] {
  if (Array.isArray(tags)) return tags;
  return (tags ?? '').split(',').filter((tag) => tag !== '');
}
