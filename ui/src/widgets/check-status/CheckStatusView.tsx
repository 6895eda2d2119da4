/** The state of a service check: of one group, or of a cluster as counts. */
import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';

import { api } from '../../api';
import { ErrorState, Skeleton, Status, type State } from '../../components';
import { substitute } from '../../dashboards/variables';
import { agoText } from '../../time/format';
import { cx } from '../../util/cx';
import { useWidget } from '../context';
import { text, texts } from '../parts/read';
import { WidgetEmpty } from '../parts/WidgetEmpty';
import type { WidgetViewProps } from '../registry/kind';
import styles from './check.module.css';
import { byNeed, fitting, groupResults, worstOf, type CheckGroup, type CheckResult } from './group';

const REFRESH_MS = 15_000;
const MESSAGES_MAX = 50;

export default function CheckStatusView({ definition }: WidgetViewProps) {
  const { variables, isActive, live } = useWidget();
  const check = substitute(text(definition['check']), variables);
  const found = useQuery({
    queryKey: ['check-results', check],
    queryFn: ({ signal }) => api.get<{ checks: CheckResult[] }>('/api/procyon/checks', { check }, signal),
    enabled: isActive && check !== '',
    refetchInterval: live && isActive ? REFRESH_MS : false,
  });
  if (check === '') return <WidgetEmpty title="No check is chosen">Choose one in the widget's settings.</WidgetEmpty>;
  if (found.error && !found.data) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton height="100%" />;
  const isCluster = text(definition['grouping']) === 'cluster';
  const group = isCluster ? [] : [substitute(text(definition['group']), variables)];
  const tags = [...texts(definition['tags']), ...group].map((tag) => substitute(tag, variables));
  const results = fitting(found.data.checks, tags);
  if (results.length === 0) {
    return <WidgetEmpty title="No data">{found.data.checks.length === 0 ? `${check} has not run within three hours.` : `No result of ${check} has these tags.`}</WidgetEmpty>;
  }
  return isCluster ? <Cluster results={results} keys={texts(definition['group_by'])} /> : <One results={results} />;
}

const WORD: Record<State, string> = { ok: 'OK', warn: 'WARN', alert: 'CRITICAL', nodata: 'UNKNOWN', muted: 'MUTED' };

function One({ results }: { results: readonly CheckResult[] }) {
  const state = worstOf(results);
  const [first] = byNeed(results);
  return (
    <div className={cx(styles.one, styles[`is-${state}`])}>
      <strong>{WORD[state]}</strong>
      <span className={styles.said} title={first?.message}>
        {first?.message || (results.length > 1 ? `${results.length} results` : (first?.host ?? ''))}
        {first && ` · ${agoText(first.time * 1000, Date.now())}`}
      </span>
    </div>
  );
}

function Cluster({ results, keys }: { results: readonly CheckResult[]; keys: readonly string[] }) {
  const groups = groupResults(results, keys);
  const [only] = groups;
  if (groups.length === 1 && only) return <Counts group={only} results={results} />;
  return (
    <ol className={styles.groups} tabIndex={0} aria-label="Results by group">
      {groups.map((group) => (
        <li key={group.name} className={styles.group}>
          <Status state={stateOfGroup(group)} iconOnly />
          <span className={styles.name} title={group.name}>
            {group.name}
          </span>
          <Bar group={group} />
          <span className={styles.count}>
            {group.counts.ok} / {group.total}
          </span>
        </li>
      ))}
    </ol>
  );
}

function stateOfGroup({ counts }: CheckGroup): State {
  return (['alert', 'warn', 'nodata'] as const).find((state) => counts[state] > 0) ?? 'ok';
}

const SHOWN: readonly State[] = ['ok', 'warn', 'alert', 'nodata'];

function Counts({ group, results }: { group: CheckGroup; results: readonly CheckResult[] }) {
  const failed = byNeed(results).filter(({ status }) => status.toLowerCase() !== 'ok');
  return (
    <div className={styles.cluster}>
      <div className={styles.counts}>
        {SHOWN.filter((state) => state === 'ok' || group.counts[state] > 0).map((state) => (
          <div key={state} className={cx(styles.figure, styles[`is-${state}`])}>
            <strong>{group.counts[state]}</strong>
            <span className={styles.word}>{WORD[state]}</span>
            <span className={styles.icon}>
              <Status state={state} iconOnly text={WORD[state]} />
            </span>
          </div>
        ))}
      </div>
      <Bar group={group} />
      {failed.length > 0 && (
        <ol className={styles.failed} tabIndex={0} aria-label="What is not OK">
          {failed.slice(0, MESSAGES_MAX).map((result, at) => (
            <li key={at}>
              {result.host !== '' ? <Link to={`/infrastructure/host/${encodeURIComponent(result.host)}` as never}>{result.host}</Link> : result.tags[0]}
              <span title={result.message}>{result.message}</span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function Bar({ group }: { group: CheckGroup }) {
  return (
    <span className={styles.bar} role="img" aria-label={SHOWN.map((state) => `${group.counts[state]} ${WORD[state]}`).join(', ')}>
      {SHOWN.map((state) => group.counts[state] > 0 && <i key={state} className={styles[`fill-${state}`]} style={{ flexGrow: group.counts[state] }} />)}
    </span>
  );
}
