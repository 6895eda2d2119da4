/** At the foot: waits for the first data of a host that was not there when the page was opened. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleAlert, CircleCheck, LoaderCircle } from 'lucide-react';
import { useRef } from 'react';

import { api } from '../../api';
import { cx } from '../../util/cx';
import { EVERY_MS, rowsOf, useIntake } from '../intake/data';
import { reasonText } from '../intake/hints';
import { arrivalOf, type SeenHost } from './arrival';
import styles from './install.module.css';

interface HostsAnswer {
  host_list: { host_name: string; last_reported_time: number }[];
}

const HOSTS_MAX = 1000;

export function LiveCheck() {
  const opened = useRef(Date.now());
  const first = useRef<SeenHost[] | undefined>(undefined);
  const { data: hosts } = useQuery({
    queryKey: ['install hosts'],
    queryFn: async ({ signal }) => {
      const answer = await api.get<HostsAnswer>('/api/v1/hosts', { count: HOSTS_MAX, sort_field: 'apps', include_hosts_metadata: false }, signal);
      const seen = answer.host_list.map((host) => ({ name: host.host_name, last: host.last_reported_time * 1000 }));
      first.current ??= seen;
      return seen;
    },
    refetchInterval: EVERY_MS,
    staleTime: 0,
    gcTime: 0,
  });
  const intake = useIntake();
  const refusals = intake.data
    ? rowsOf(intake.data).flatMap((row) => row.problems.filter((problem) => problem.outcome !== 'discarded' && problem.last_seen > opened.current).map((problem) => ({ row, problem })))
    : [];
  const arrival = arrivalOf(first.current ?? [], hosts ?? [], Date.now());
  const refusal = refusals[0];
  return (
    <section className={cx(styles.live, arrival.fresh.length > 0 && styles.arrived)} aria-label="Does data arrive?">
      <div role="status" className={styles.liveLine}>
        {arrival.fresh.length > 0 ? (
          <>
            <CircleCheck aria-hidden />
            <span>
              Data arrives from{' '}
              {arrival.fresh.slice(0, 3).map((host, at) => (
                <span key={host.name}>
                  {at > 0 && ', '}
                  <Link to={`/infrastructure/host/${encodeURIComponent(host.name)}` as never}>{host.name}</Link>
                </span>
              ))}
              {arrival.fresh.length > 3 && ` and ${arrival.fresh.length - 3} more`}.
            </span>
          </>
        ) : (
          <>
            <LoaderCircle aria-hidden className={styles.spin} />
            <span>Waiting for the first data from a new host…</span>
          </>
        )}
      </div>
      {refusal && (
        <p className={styles.refusal} role="alert">
          <CircleAlert aria-hidden />
          <span>
            Something was refused since you opened this page: {reasonText(refusal.problem.reason).toLowerCase()} on <code>{refusal.row.route}</code>.{' '}
            <Link to={'/account/settings/intake' as never} search={{ route: refusal.row.route } as never}>
              What to do
            </Link>
          </span>
        </p>
      )}
      <p className={styles.liveNote}>
        {arrival.reporting === 0 ? 'No host reports at the moment.' : `${arrival.reporting.toLocaleString('en-US')} host${arrival.reporting === 1 ? '' : 's'} reported in the past 5 minutes.`}{' '}
        <Link to={'/account/settings/intake' as never}>Why is nothing arriving?</Link>
      </p>
    </section>
  );
}
