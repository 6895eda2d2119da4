import { CircleAlert, CircleCheck, CircleDashed, TriangleAlert } from 'lucide-react';

import { agoText } from '../../time/format';
import { cx } from '../../util/cx';
import type { RouteRow } from './data';
import styles from './intake.module.css';
import { verdictOf } from './verdict';

const ICONS = { ok: CircleCheck, warn: TriangleAlert, alert: CircleAlert, nodata: CircleDashed } as const;

interface Props {
  rows: readonly RouteRow[];
  now: number;
  since: number | undefined;
  panics: number;
}

export function VerdictLine({ rows, now, since, panics }: Props) {
  const verdict = verdictOf(rows, now);
  const Icon = ICONS[verdict.state];
  const accepted = rows.reduce((n, row) => n + row.accepted, 0);
  const last = Math.max(0, ...rows.map((row) => row.lastAccepted ?? 0));
  return (
    <header className={styles.verdict} role="status">
      <Icon className={cx(styles.verdictIcon, styles[verdict.state])} aria-hidden />
      <div>
        <h2>{verdict.title}</h2>
        <p>
          {verdict.text}
          {panics > 0 && ` ${panics} request${panics === 1 ? '' : 's'} ended in a fault of the server: its log says more.`}
        </p>
      </div>
      <dl className={styles.facts}>
        <div>
          <dt>Last accepted</dt>
          <dd>{last === 0 ? 'Never' : agoText(last, now)}</dd>
        </div>
        <div>
          <dt>Accepted</dt>
          <dd>{accepted.toLocaleString('en-US')}</dd>
        </div>
        {since !== undefined && (
          <div>
            <dt>Counted since</dt>
            <dd>{agoText(since, now)}</dd>
          </div>
        )}
      </dl>
    </header>
  );
}
