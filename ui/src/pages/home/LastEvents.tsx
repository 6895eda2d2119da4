import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { api } from '../../api';
import { ErrorState, SkeletonRows, stateOf, Status, type State } from '../../components';
import { agoText, DAY, fullText, useTime } from '../../time';
import { eventOf } from '../events/data';
import styles from './home.module.css';

const SHOWN = 8;
const EVERY_MS = 10_000;

/** What happened last, of the last days. */
export function LastEvents() {
  const { zone } = useTime();
  const events = useQuery({
    queryKey: ['last-events'],
    queryFn: async ({ signal }) => {
      const now = Date.now();
      const filter = { query: '*', from: String(now - 7 * DAY), to: String(now + 60_000) };
      const answer = await api.post<{ data?: unknown[] }>('/api/v2/events/search', { filter, page: { limit: SHOWN }, sort: '-timestamp' }, signal);
      return (answer.data ?? []).map(eventOf);
    },
    refetchInterval: EVERY_MS,
  });
  return (
    <section className={styles.part} aria-labelledby="home-events">
      <h2 id="home-events" className={styles.heading}>
        Last events
        <Link to={'/event/explorer' as never}>Events</Link>
      </h2>
      {events.error && !events.data && <ErrorState error={events.error} onRetry={() => void events.refetch()} />}
      {events.isPending && <SkeletonRows rows={4} />}
      {events.data?.length === 0 && <p className={styles.none}>None within 7 days. Deployments, restarts and whatever your programs tell show here.</p>}
      <ul>
        {events.data?.map(({ id, time, title, status, host, line }) => (
          <li key={id}>
            <Link to={'/event/event' as never} search={{ id } as never} className={styles.item}>
              <Status state={eventState(status)} text={status} iconOnly />
              <span className={styles.itemTitle}>{title || line || 'Without a title'}</span>
              <span className={styles.itemDetail} title={fullText(time, zone)}>
                {[host, agoText(time, Date.now())].filter(Boolean).join(' · ')}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Plain news have no state. */
function eventState(status: string): State {
  return status === 'info' || status === 'user_update' || status === 'snapshot' ? 'nodata' : stateOf(status);
}
