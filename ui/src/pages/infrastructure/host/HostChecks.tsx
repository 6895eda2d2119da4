/** What the checks of a host said when they last ran: service checks, and the Agent's own. */
import { useQuery } from '@tanstack/react-query';

import { api } from '../../../api';
import { ErrorState, SkeletonRows, stateOf, Status, Tags } from '../../../components';
import { agoText } from '../../../time';
import { checkLines, type ServiceCheck } from '../data/checks';
import { agentChecksOf } from '../data/gohai';
import type { Host } from '../data/hosts';
import styles from './host.module.css';

export function useChecks(host: string) {
  return useQuery({
    queryKey: ['checks', host],
    queryFn: async ({ signal }) => (await api.get<{ checks: ServiceCheck[] }>(`/api/procyon/hosts/${encodeURIComponent(host)}/checks`, {}, signal)).checks,
    refetchInterval: 30_000,
  });
}

export function HostChecks({ host }: { host: Host }) {
  const checks = useChecks(host.name);
  const agent = agentChecksOf(host.meta);
  const fine = agent.filter(({ status }) => stateOf(status) === 'ok');
  const failing = agent.filter((check) => !fine.includes(check));
  if (checks.error && !checks.data) return <ErrorState error={checks.error} onRetry={() => void checks.refetch()} />;
  if (!checks.data) return <SkeletonRows rows={4} />;
  const lines = checkLines(checks.data, host.name);
  if (lines.length + agent.length === 0) return <p className={styles.none}>No check of this host has reported within 3 hours.</p>;
  return (
    <section aria-label="Checks" className={styles.stack}>
      {lines.length > 0 && (
        <ul className={styles.checks}>
          {lines.map(({ check, status, message, tags, count, time }) => (
            <li key={`${check} ${status} ${message}`} className={styles.check}>
              <Status state={stateOf(status)} text={wordOf(status)} />
              <span className={styles.checkName}>
                <code>{check}</code>
                {count > 1 && <span className={styles.when}> × {count}</span>}
              </span>
              <span className={styles.when}>{agoText(time * 1000, Date.now())}</span>
              {message && <p className={styles.message}>{message}</p>}
              {tags.length > 0 && (
                <div className={styles.checkTags}>
                  <Tags tags={tags} />
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
      {agent.length > 0 && (
        <div>
          <h3 className={styles.source}>Run by the agent</h3>
          <ul className={styles.checks}>
            {failing.map((check, at) => (
              <li key={`${check.name} ${at}`} className={styles.check}>
                <Status state={stateOf(check.status)} text={wordOf(check.status)} />
                <code className={styles.checkName}>{check.name}</code>
                {check.message && <p className={styles.message}>{check.message}</p>}
              </li>
            ))}
            {fine.length > 0 && (
              <li className={styles.check}>
                <Status state="ok" />
                <code className={styles.names}>{fine.map(({ name }) => name).join(', ')}</code>
              </li>
            )}
          </ul>
        </div>
      )}
    </section>
  );
}

function wordOf(status: string): string {
  return status.length <= 2 ? status.toUpperCase() : status.slice(0, 1).toUpperCase() + status.slice(1).toLowerCase();
}
