/** One event beside the stream. Its address is the page's `event` parameter. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowDown, ArrowUp, Link2 } from 'lucide-react';

import { CodeBlock, ErrorState, IconButton, SidePanel, Skeleton, Tabs, Tag, Tags, toast } from '../../components';
import { Markdown } from '../../explorer/Markdown';
import { eventBlocks } from '../../explorer/markdown';
import { agoText, fullText } from '../../time/format';
import { useTime } from '../../time/time-context';
import { copyText } from '../../util/copy';
import { useParam } from '../../util/url-state';
import { fetchEvent, fetchEvents, sameKey, type EventItem } from './data';
import styles from './events.module.css';
import { StatusMark } from './StatusMark';

interface Props {
  id: string;
  /** The event, if the list has it already. */
  known: EventItem | undefined;
  onFilter: (tag: string, isOut: boolean) => void;
  onOpen: (id: string) => void;
  /** To the next (1) or the one before (-1) in the list. */
  onStep: (step: number) => void;
  onClose: () => void;
}

const DAY_MS = 86_400_000;

export function EventPanel({ id, known, onFilter, onOpen, onStep, onClose }: Props) {
  const fetched = useQuery({ queryKey: ['event', id], queryFn: ({ signal }) => fetchEvent(id, signal), enabled: known === undefined });
  const event = known ?? fetched.data;
  return (
    <SidePanel
      label="Event"
      title={event ? event.title || '(no title)' : 'Event'}
      onClose={onClose}
      actions={
        <>
          <IconButton label="Previous" shortcut="k" icon={<ArrowUp />} onClick={() => onStep(-1)} />
          <IconButton label="Next" shortcut="j" icon={<ArrowDown />} onClick={() => onStep(1)} />
          <IconButton label="Copy link" shortcut="c" icon={<Link2 />} onClick={() => copyLink(id)} />
        </>
      }
    >
      {event ? <Details event={event} onFilter={onFilter} onOpen={onOpen} /> : fetched.error ? <ErrorState error={fetched.error} /> : <Skeleton height={160} />}
    </SidePanel>
  );
}

function copyLink(id: string): void {
  void copyText(`${window.location.origin}/event/explorer?event=${id}`).then(() => toast('Link copied'));
}

function Details({ event, onFilter, onOpen }: { event: EventItem; onFilter: Props['onFilter']; onOpen: Props['onOpen'] }) {
  const [tab, setTab] = useParam('tab', 'overview');
  const related = useRelated(event);
  const tabs = [
    { id: 'overview', label: 'Overview' },
    ...(event.aggregationKey === '' ? [] : [{ id: 'related', label: 'Same aggregation key', ...(related.data ? { count: related.data.items.length } : {}) }]),
    { id: 'json', label: 'JSON' },
  ];
  const shown = tabs.some((one) => one.id === tab) ? tab : 'overview';
  return (
    <div className={styles.details}>
      <Meta event={event} onFilter={onFilter} />
      <Tabs label="Parts of the event" tabs={tabs} value={shown} onChange={(next) => setTab(next, { replace: true })} />
      {shown === 'overview' && <Overview event={event} onFilter={onFilter} />}
      {shown === 'related' && <Related event={event} found={related.data?.items} onOpen={onOpen} />}
      {shown === 'json' && <CodeBlock code={JSON.stringify(event.raw, null, 2)} />}
    </div>
  );
}

function Meta({ event, onFilter }: { event: EventItem; onFilter: Props['onFilter'] }) {
  const { zone } = useTime();
  const pivot = (field: string, value: string) => (value === '' ? null : <Tag text={`${field}:${value}`} at={event.time} onFilter={onFilter} />);
  return (
    <dl className={styles.meta}>
      <dt>Status</dt>
      <dd>
        <StatusMark status={event.status} />
      </dd>
      <dt>Time</dt>
      <dd>
        <time dateTime={new Date(event.time).toISOString()}>{fullText(event.time, zone)}</time>
        <span className={styles.faint}>{agoText(event.time, Date.now())}</span>
      </dd>
      <Row label="Source">{pivot('source', event.source)}</Row>
      <Row label="Host">{pivot('host', event.host)}</Row>
      <Row label="Priority">{event.priority === 'normal' ? null : pivot('priority', event.priority)}</Row>
      <Row label="Aggregation key">{pivot('aggregation_key', event.aggregationKey)}</Row>
      <Row label="Category">{event.category === '' ? null : event.category}</Row>
    </dl>
  );
}

function Row({ label, children }: { label: string; children: React.ReactNode }) {
  if (children === null) return null;
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Overview({ event, onFilter }: { event: EventItem; onFilter: Props['onFilter'] }) {
  const around = { from_ts: String(event.time - 900_000), to_ts: String(event.time + 900_000), live: 'false' };
  return (
    <>
      {event.text.trim() === '' ? <p className={styles.faint}>The event has no text.</p> : <Markdown blocks={eventBlocks(event.text)} />}
      <section className={styles.part}>
        <h3>Tags</h3>
        {event.tags.length === 0 ? <p className={styles.faint}>No tags.</p> : <Tags tags={event.tags} at={event.time} onFilter={onFilter} />}
      </section>
      <section className={styles.part}>
        <h3>At that moment</h3>
        <p className={styles.links}>
          <Link to={'/event/explorer' as never} search={around as never}>
            All events, 15 minutes around
          </Link>
          {event.host !== '' && (
            <>
              <Link to={'/event/explorer' as never} search={{ query: `host:${event.host}`, ...around } as never}>
                Events of {event.host}
              </Link>
              <Link to={`/infrastructure/host/${encodeURIComponent(event.host)}` as never} search={around as never}>
                Graphs of {event.host}
              </Link>
            </>
          )}
        </p>
      </section>
    </>
  );
}

function useRelated(event: EventItem) {
  return useQuery({
    queryKey: ['events same key', event.aggregationKey, event.id],
    queryFn: ({ signal }) => fetchEvents(sameKey(event), { from: event.time - DAY_MS, to: event.time + DAY_MS }, undefined, signal),
    enabled: event.aggregationKey !== '',
    placeholderData: keepPreviousData,
  });
}

function Related({ event, found, onOpen }: { event: EventItem; found: EventItem[] | undefined; onOpen: Props['onOpen'] }) {
  const { zone } = useTime();
  if (!found) return <Skeleton height={120} />;
  return (
    <>
      <p className={styles.faint}>A day before and after, newest first.</p>
      <ol className={styles.related}>
        {found.slice(0, 100).map((other) => (
          <li key={other.id}>
            <button type="button" className={styles.relatedRow} aria-current={other.id === event.id || undefined} onClick={() => onOpen(other.id)}>
              <StatusMark status={other.status} iconOnly />
              <span className="num">{fullText(other.time, zone)}</span>
              <span className={styles.title}>{other.title}</span>
            </button>
          </li>
        ))}
      </ol>
    </>
  );
}
