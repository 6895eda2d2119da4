/** Events as the page shows them, read from what `/api/v2/events` answers. */
import { api } from '../../api';
import { call } from '../../api/client';
import { facetTerm } from '../../explorer/search';
import { plainLine } from '../../explorer/markdown';
import type { Facet } from '../../explorer/facets';
import type { FoundPage } from '../../explorer/use-live-list';
import type { HistogramState } from '../../explorer/StateHistogram';
import type { Range } from '../../time/selection';

export interface EventItem {
  /** 19 digits: more than a number holds. */
  id: string;
  /** Unix milliseconds. */
  time: number;
  title: string;
  text: string;
  /** One line of the text. */
  line: string;
  status: string;
  priority: string;
  host: string;
  source: string;
  tags: readonly string[];
  aggregationKey: string;
  type: string;
  category: string;
  /** As answered, for the JSON tab. */
  raw: unknown;
}

interface Answer {
  data?: unknown[];
  meta?: { page?: { after?: string } };
}

const PAGE = 1000;

export async function fetchEvents(search: string, range: Range, after: string | undefined, signal?: AbortSignal): Promise<FoundPage<EventItem>> {
  const filter = { query: search.trim() === '' ? '*' : search, from: String(Math.floor(range.from)), to: String(Math.ceil(range.to)) };
  const page = after === undefined ? { limit: PAGE } : { limit: PAGE, cursor: after };
  const answer = await api.post<Answer>('/api/v2/events/search', { filter, page, sort: '-timestamp' }, signal);
  return { items: (answer.data ?? []).map(eventOf), after: answer.meta?.page?.after };
}

export async function fetchEvent(id: string, signal: AbortSignal): Promise<EventItem> {
  const answer = await api.get<{ data: unknown }>(`/api/v2/events/${encodeURIComponent(id)}`, undefined, signal);
  return eventOf(answer.data);
}

type Bag = Record<string, unknown>;
const bag = (value: unknown): Bag => (typeof value === 'object' && value !== null ? (value as Bag) : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '');

export function eventOf(raw: unknown): EventItem {
  const outer = bag(bag(raw)['attributes']);
  const inner = bag(outer['attributes']);
  const evt = bag(inner['evt']);
  const message = text(outer['message']);
  const time = typeof inner['timestamp'] === 'number' ? inner['timestamp'] : Date.parse(text(outer['timestamp']));
  return {
    id: text(bag(raw)['id']),
    time: Number.isFinite(time) ? time : 0,
    title: text(inner['title']),
    text: message,
    line: plainLine(message),
    status: text(inner['status']) || 'info',
    priority: text(inner['priority']) || 'normal',
    host: text(inner['hostname']),
    source: text(inner['source_type_name']),
    tags: Array.isArray(outer['tags']) ? outer['tags'].filter((tag) => typeof tag === 'string') : [],
    aggregationKey: text(inner['aggregation_key']),
    type: text(evt['type']),
    category: text(evt['category']),
    raw,
  };
}

const one = (value: string): readonly string[] => (value === '' ? [] : [value]);

/** What every event may have; the keys of the tags come after. */
export const FACETS: readonly Facet<EventItem>[] = [
  { field: 'source', label: 'Source', values: (event) => one(event.source), isOpen: true },
  { field: 'status', label: 'Status', values: (event) => one(event.status), isOpen: true },
  { field: 'host', label: 'Host', values: (event) => one(event.host), isOpen: true },
  { field: 'priority', label: 'Priority', values: (event) => one(event.priority), isOpen: true },
  { field: 'aggregation_key', label: 'Aggregation key', values: (event) => one(event.aggregationKey) },
];

export const STATES: readonly HistogramState[] = [
  { id: 'info', label: 'Info', tone: 'accent' },
  { id: 'success', label: 'Success', tone: 'ok' },
  { id: 'ok', label: 'OK', tone: 'ok' },
  { id: 'user_update', label: 'User update', tone: 'muted' },
  { id: 'recommendation', label: 'Recommendation', tone: 'muted' },
  { id: 'snapshot', label: 'Snapshot', tone: 'nodata' },
  { id: 'warning', label: 'Warning', tone: 'warn' },
  { id: 'warn', label: 'Warn', tone: 'warn' },
  { id: 'error', label: 'Error', tone: 'alert' },
];

/** The status of the histogram; what callers made up counts as info. */
export function statusOf(event: EventItem): string {
  return STATES.some((state) => state.id === event.status) ? event.status : 'info';
}

export const timeOf = (event: EventItem): number => event.time;
export const idOf = (event: EventItem): string => event.id;

/** The search for all events that belong together. */
export function sameKey(event: EventItem): string {
  return facetTerm('aggregation_key', [event.aggregationKey]);
}

export interface NewEvent {
  title: string;
  text: string;
  alert_type: string;
  priority: string;
  tags: string[];
  host?: string;
  source_type_name?: string;
  aggregation_key?: string;
}

/** Posts through the intake, as every client does: with an API key. Answers the event's id. */
export async function postEvent(event: NewEvent): Promise<string> {
  const keys = await api.get<{ data: { id: string }[] }>('/api/v2/api_keys', { 'page[size]': 1, sort: 'created_at' });
  const first = keys.data[0];
  if (!first) throw new Error('There is no API key to send with: make one under API keys.');
  const key = await api.get<{ data: { attributes: { key?: string } } }>(`/api/v2/api_keys/${first.id}`);
  const value = key.data.attributes.key;
  if (value === undefined) throw new Error('The value of the API key cannot be read.');
  const answer = await call<{ event: { id_str: string } }>('POST', '/api/v1/events', { body: event, headers: { 'dd-api-key': value } });
  return answer.event.id_str;
}

/** `a, b c` as tags. */
export function tagsOfText(input: string): string[] {
  return input.split(/[\s,]+/).filter((tag) => tag !== '');
}
