/** What must not be overlooked: refused keys, and data that is thrown away. */
import { KeyRound, Trash2 } from 'lucide-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { agoText } from '../../time/format';
import { cx } from '../../util/cx';
import { keyProblems, type RouteRow } from './data';
import { hintOf } from './hints';
import styles from './intake.module.css';

/** What was refused longer ago is told quietly. */
const RECENT_MS = 600_000;
const TONES = { warn: styles.bannerWarn, alert: styles.bannerAlert, past: undefined } as const;

interface Props {
  rows: readonly RouteRow[];
  now: number;
  onRoute: (route: string) => void;
}

export function Banners({ rows, now, onRoute }: Props) {
  const discarded = rows.filter((row) => row.discarded > 0);
  const total = discarded.reduce((n, row) => n + row.discarded, 0);
  return (
    <>
      {(['unknown_api_key', 'missing_api_key'] as const).map((reason) => (
        <KeyBanner key={reason} reason={reason} rows={rows} now={now} />
      ))}
      {discarded.length > 0 && (
        <Banner tone="warn" icon={<Trash2 aria-hidden />} title={`${total.toLocaleString('en-US')} payload${total === 1 ? '' : 's'} taken and thrown away`}>
          These kinds of data are not kept yet:{' '}
          {discarded.map((row, at) => (
            <span key={row.route}>
              {at > 0 && ', '}
              <button type="button" className={styles.inline} onClick={() => onRoute(row.route)}>
                {row.what} ({row.discarded.toLocaleString('en-US')})
              </button>
            </span>
          ))}
          . Their senders were answered with success, so that they go on with the rest.
        </Banner>
      )}
    </>
  );
}

function KeyBanner({ reason, rows, now }: { reason: string; rows: readonly RouteRow[]; now: number }) {
  const found = keyProblems(rows).filter(({ problem }) => problem.reason === reason);
  if (found.length === 0) return null;
  const count = found.reduce((n, { problem }) => n + problem.count, 0);
  const last = Math.max(...found.map(({ problem }) => problem.last_seen));
  const hint = hintOf(reason, 'invalid');
  const isRecent = now - last < RECENT_MS;
  const what = reason === 'unknown_api_key' ? 'with a key that is not valid' : 'without a key';
  return (
    <Banner tone={isRecent ? 'alert' : 'past'} icon={<KeyRound aria-hidden />} title={`${count.toLocaleString('en-US')} request${count === 1 ? '' : 's'} ${what} refused, the last ${agoText(last, now)}`}>
      {hint.what} {hint.then} On {found.map(({ row }) => row.route).join(', ')}. {hint.link && <Link to={hint.link.to as never}>{hint.link.label}</Link>}
    </Banner>
  );
}

function Banner({ tone, icon, title, children }: { tone: 'warn' | 'alert' | 'past'; icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <section className={cx(styles.banner, TONES[tone])}>
      {icon}
      <div>
        <h3>{title}</h3>
        <p>{children}</p>
      </div>
    </section>
  );
}
