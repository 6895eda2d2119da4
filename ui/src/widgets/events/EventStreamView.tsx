/** The newest events of a search; large ones with their text. */
import { Link } from '@tanstack/react-router';

import { ErrorState, SkeletonRows } from '../../components';
import { Markdown } from '../../explorer/Markdown';
import { eventBlocks } from '../../explorer/markdown';
import type { EventItem } from '../../pages/events/data';
import { StatusMark } from '../../pages/events/StatusMark';
import { agoText, fullText } from '../../time/format';
import { useTime } from '../../time/time-context';
import { cx } from '../../util/cx';
import { text } from '../parts/read';
import { WidgetEmpty } from '../parts/WidgetEmpty';
import type { WidgetViewProps } from '../registry/kind';
import styles from './events.module.css';
import { useWidgetEvents } from './use-events';

/** More cannot be read in a widget; the explorer has them all. */
const SHOWN_MAX = 100;
const TEXT_MAX = 1200;

export default function EventStreamView({ definition }: WidgetViewProps) {
  const events = useWidgetEvents(text(definition['query']), text(definition['tags_execution'], 'and'));
  if (events.error && !events.data) return <ErrorState error={events.error} onRetry={() => void events.refetch()} />;
  if (!events.data) return <SkeletonRows rows={6} height={30} />;
  return <EventList items={events.data.items} isLarge={text(definition['event_size']) === 'l'} isOld={events.isOld} search={events.search} />;
}

interface Props {
  items: readonly EventItem[];
  isLarge: boolean;
  isOld: boolean;
  search: string;
}

export function EventList({ items, isLarge, isOld, search }: Props) {
  const { zone, range } = useTime();
  if (items.length === 0) return <WidgetEmpty title="No events">{search === '' ? 'None in this time.' : `None of ${search} in this time.`}</WidgetEmpty>;
  const rest = items.length - SHOWN_MAX;
  return (
    <ol className={cx(styles.list, isOld && styles.old)} tabIndex={0} aria-label="Events">
      {items.slice(0, SHOWN_MAX).map((event) => (
        <li key={event.id} className={cx(styles.event, isLarge && styles.large)}>
          <StatusMark status={event.status} iconOnly />
          <Link className={styles.title} to={'/event/explorer' as never} search={{ query: search || undefined, event: event.id } as never}>
            {event.title || event.line || '(no title)'}
          </Link>
          <time className={styles.time} dateTime={new Date(event.time).toISOString()} title={fullText(event.time, zone)}>
            {agoText(event.time, Math.max(Date.now(), range.to))}
          </time>
          {isLarge && <EventBody event={event} />}
        </li>
      ))}
      {rest > 0 && (
        <li className={styles.more}>
          <Link to={'/event/explorer' as never} search={{ query: search || undefined } as never}>
            {rest.toLocaleString('en-US')}
            {items.length >= 1000 ? ' and more' : ' more'}
          </Link>
        </li>
      )}
    </ol>
  );
}

function EventBody({ event }: { event: EventItem }) {
  const tags = [event.source && `source:${event.source}`, event.host && `host:${event.host}`, ...event.tags].filter((tag) => tag !== '');
  return (
    <div className={styles.body}>
      {event.text !== '' && <Markdown blocks={eventBlocks(event.text.slice(0, TEXT_MAX))} />}
      {tags.length > 0 && (
        <p className={styles.tags}>
          {[...new Set(tags)].slice(0, 12).map((tag) => (
            <span key={tag}>{tag}</span>
          ))}
        </p>
      )}
    </div>
  );
}
