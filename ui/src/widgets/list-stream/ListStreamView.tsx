/** Rows of logs, events, issues…: events are drawn; for others the columns stand and say what they wait for. */
import { useNavigate } from '@tanstack/react-router';
import { Hourglass } from 'lucide-react';
import { useMemo } from 'react';

import { ErrorState, SkeletonRows, Table, type Column } from '../../components';
import type { WidgetDefinition } from '../../dashboards/model';
import { EventList } from '../events/EventStreamView';
import { useWidgetEvents } from '../events/use-events';
import { idOf, type EventItem } from '../../pages/events/data';
import { StatusMark } from '../../pages/events/StatusMark';
import { fullText, shortText } from '../../time/format';
import { useTime } from '../../time/time-context';
import type { Zone } from '../../time/zone';
import { bag, list, text } from '../parts/read';
import { WidgetEmpty } from '../parts/WidgetEmpty';
import type { WidgetViewProps } from '../registry/kind';
import { listWait } from '../waits/words';
import { columnsOf, eventField, trackOf, type ListColumn } from './columns';
import styles from './list.module.css';

export default function ListStreamView({ definition }: WidgetViewProps) {
  const columns = useMemo(() => columnsOf(definition), [definition]);
  const wait = listWait(definition);
  if (!wait) return <EventRows definition={definition} columns={columns} />;
  return (
    <div className={styles.place}>
      <div className={styles.head} style={{ gridTemplateColumns: columns.map(trackOf).join(' ') }} aria-hidden>
        {columns.map(({ field, label }, at) => (
          <span key={`${field} ${at}`}>{label}</span>
        ))}
      </div>
      <div className={styles.rest}>
        <WidgetEmpty icon={<Hourglass aria-hidden />} title={wait.title}>
          {wait.text}
        </WidgetEmpty>
      </div>
    </div>
  );
}

function EventRows({ definition, columns }: { definition: WidgetDefinition; columns: readonly ListColumn[] }) {
  const request = bag(list(definition['requests'])[0]);
  const query = bag(request['query']);
  const { zone } = useTime();
  const navigate = useNavigate();
  const events = useWidgetEvents(text(query['query_string']));
  const shown = useMemo(() => columns.map((column, at) => tableColumn(column, at, zone)), [columns, zone]);
  if (events.error && !events.data) return <ErrorState error={events.error} onRetry={() => void events.refetch()} />;
  if (!events.data) return <SkeletonRows rows={6} height={30} />;
  const { items } = events.data;
  // Without columns it is the stream, in the size that the query says.
  if (list(request['columns']).length === 0 || items.length === 0) return <EventList items={items} isLarge={text(query['event_size']) === 'l'} isOld={events.isOld} search={events.search} />;
  const open = (event: EventItem) => void navigate({ to: '/event/explorer' as never, search: { query: events.search || undefined, event: event.id } as never });
  return (
    <div className={styles.place}>
      <Table label={text(definition.title) || 'Events'} columns={shown} rows={items} rowId={idOf} rowHeight={28} onOpen={open} dimmed={events.isOld} />
    </div>
  );
}

function tableColumn(column: ListColumn, at: number, zone: Zone): Column<EventItem> {
  const { field, label } = column;
  const common = { id: `${field} ${at}`, header: label, width: trackOf(column), sortable: false };
  if (field === 'status_line') return { ...common, header: <span className="sr-only">Status</span>, value: (event) => event.status, cell: (event) => <StatusMark status={event.status} iconOnly /> };
  if (field === 'timestamp') {
    const cell = (event: EventItem) => (
      <time dateTime={new Date(event.time).toISOString()} title={fullText(event.time, zone)}>
        {shortText(event.time, zone)}
      </time>
    );
    return { ...common, value: (event) => event.time, cell };
  }
  return { ...common, value: (event) => eventField(event, field) };
}
