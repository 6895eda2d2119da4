/** The columns of the stream; which are shown is in the address. */
import type { Column } from '../../components';
import type { ExportColumn } from '../../explorer/ExportMenu';
import { useTime } from '../../time/time-context';
import { fullText, shortText } from '../../time/format';
import type { EventItem } from './data';
import styles from './events.module.css';
import { StatusMark } from './StatusMark';

export type EventColumn = Column<EventItem> & ExportColumn<EventItem> & { label: string };

export const COLUMNS: readonly EventColumn[] = [
  {
    id: 'status',
    label: 'Status',
    header: <span className="sr-only">Status</span>,
    value: (event) => event.status,
    cell: (event) => <StatusMark status={event.status} iconOnly />,
    width: '36px',
  },
  { id: 'time', label: 'Time', header: 'Time', value: (event) => event.time, cell: (event) => <Time at={event.time} />, width: '124px' },
  { id: 'source', label: 'Source', header: 'Source', value: (event) => event.source, width: 'minmax(72px, 110px)' },
  {
    id: 'title',
    label: 'Message',
    header: 'Message',
    value: (event) => event.title,
    cell: (event) => (
      <>
        <span className={styles.title}>{event.title || '(no title)'}</span>
        <span className={styles.line}>{event.line}</span>
      </>
    ),
    width: 'minmax(220px, 3fr)',
  },
  { id: 'host', label: 'Host', header: 'Host', value: (event) => event.host, width: 'minmax(72px, 140px)' },
  {
    id: 'tags',
    label: 'Tags',
    header: 'Tags',
    value: (event) => event.tags.join(', '),
    cell: (event) => <span className={styles.tags}>{event.tags.join('  ')}</span>,
    width: 'minmax(120px, 1.4fr)',
    sortable: false,
  },
  { id: 'priority', label: 'Priority', header: 'Priority', value: (event) => event.priority, width: '80px' },
  { id: 'aggregation_key', label: 'Aggregation key', header: 'Aggregation key', value: (event) => event.aggregationKey, width: 'minmax(80px, 160px)' },
  { id: 'id', label: 'Id', header: 'Id', value: (event) => event.id, width: '168px' },
];

export const COLUMNS_FIRST: readonly string[] = ['status', 'time', 'source', 'title', 'host', 'tags'];

/** In the order of the address; unknown names are nothing. */
export function chosenColumns(text: string): EventColumn[] {
  const named = [...new Set(text.split(','))].flatMap((id) => COLUMNS.find((column) => column.id === id) ?? []);
  return named.length > 0 ? named : chosenColumns(COLUMNS_FIRST.join(','));
}

function Time({ at }: { at: number }) {
  const { zone } = useTime();
  return <time dateTime={new Date(at).toISOString()} title={fullText(at, zone)}>{shortText(at, zone)}</time>;
}
