/** The columns of lists: their names as people read them, and what of an event stands in each. */
import type { WidgetDefinition } from '../../dashboards/model';
import type { EventItem } from '../../pages/events/data';
import { bag, flag, list, text, texts } from '../parts/read';

export interface ListColumn {
  field: string;
  label: string;
  /** `auto`, `compact`, `full`. */
  width: string;
}

const LABELS: Readonly<Record<string, string>> = {
  status_line: '', timestamp: 'Date', content: 'Content', message: 'Message', host: 'Host', service: 'Service', source: 'Source', title: 'Title', core_host: 'Host', core_service: 'Service',
};
const FIRST = ['status_line', 'timestamp', 'host', 'service', 'content'];

/** Of a list stream's first request, or of an old log stream. */
export function columnsOf(definition: WidgetDefinition): ListColumn[] {
  const request = bag(list(definition['requests'])[0]);
  const named = list(request['columns']).map((raw) => ({ field: text(bag(raw)['field']), width: text(bag(raw)['width'], 'auto') }));
  const chosen = definition.type === 'log_stream' ? logColumns(definition) : named.filter(({ field }) => field !== '');
  const columns = chosen.length > 0 ? chosen : FIRST.map((field) => ({ field, width: 'auto' }));
  return columns.map(({ field, width }) => ({ field, width, label: LABELS[field] ?? field }));
}

function logColumns(definition: WidgetDefinition) {
  const date = flag(definition['show_date_column'], true) ? ['timestamp'] : [];
  const message = flag(definition['show_message_column'], true) ? ['content'] : [];
  return ['status_line', ...date, ...texts(definition['columns']), ...message].map((field) => ({ field, width: 'auto' }));
}

/** The value of a field of an event: its own, or that of the tag with this key. */
export function eventField(event: EventItem, field: string): string {
  switch (field.replace(/^@/, '')) {
    case 'content':
    case 'message':
      return event.title === '' ? event.line : event.line === '' ? event.title : `${event.title}  ${event.line}`;
    case 'title':
    case 'evt.name':
      return event.title;
    case 'status':
      return event.status;
    case 'host':
    case 'hostname':
      return event.host;
    case 'source':
    case 'source_type_name':
      return event.source;
    case 'priority':
      return event.priority;
    case 'aggregation_key':
      return event.aggregationKey;
    case 'tags':
      return event.tags.join(', ');
    default: {
      const key = `${field.replace(/^@/, '')}:`;
      return event.tags.flatMap((tag) => (tag.startsWith(key) ? tag.slice(key.length) : [])).join(', ');
    }
  }
}

/** A track of CSS grid. */
export function trackOf({ field, width }: ListColumn): string {
  if (field === 'status_line') return '36px';
  if (field === 'timestamp') return '128px';
  if (width === 'compact') return 'minmax(60px, 110px)';
  return width === 'full' || field === 'content' || field === 'message' ? 'minmax(160px, 3fr)' : 'minmax(80px, 1fr)';
}
