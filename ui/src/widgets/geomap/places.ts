/** Points of a map: groups and events that say where they are. */
import type { ScalarRow } from '../../api/scalar';
import type { EventItem } from '../../pages/events/data';
import { eventField } from '../list-stream/columns';
import { bag, list, text, type Bag } from '../parts/read';

export interface Place {
  id: string;
  /** Degrees. */
  lat: number;
  lon: number;
  name: string;
  tags: readonly string[];
  /** What it is coloured by. */
  group: string;
  value: number | null;
}

const LATITUDE = /(^|[._])lat(itude)?$/i;
const LONGITUDE = /(^|[._])(lon|lng|long|longitude)$/i;
/** More cannot be told apart. */
const PLACES_MAX = 2000;

/** Degrees, if they are on the globe. */
function degrees(written: string, most: number): number | undefined {
  const value = written.trim() === '' ? NaN : Number(written);
  return Number.isFinite(value) && Math.abs(value) <= most ? value : undefined;
}

/** Groups by latitude and longitude; undefined for rows of anything else. */
export function placeOfRow({ tags, values }: ScalarRow): Place | undefined {
  const valueOf = (key: RegExp) => tags.flatMap((tag) => (key.test(tag.slice(0, Math.max(0, tag.indexOf(':')))) ? tag.slice(tag.indexOf(':') + 1) : []))[0] ?? '';
  const [lat, lon] = [degrees(valueOf(LATITUDE), 90), degrees(valueOf(LONGITUDE), 180)];
  if (lat === undefined || lon === undefined) return undefined;
  const rest = tags.filter((tag) => !LATITUDE.test(tag.split(':', 1)[0] ?? '') && !LONGITUDE.test(tag.split(':', 1)[0] ?? ''));
  return { id: tags.join(','), lat, lon, name: rest.join(', ') || `${lat}, ${lon}`, tags, group: '', value: values[0] ?? null };
}

/** A request of the points layer: events, each a point. Source: openapi core-v1, `GeomapWidgetRequest`. */
export interface PointsRequest {
  source: string;
  search: string;
  /** Fields to read the place from: those of its columns, then the usual ones. */
  latitudes: readonly string[];
  longitudes: readonly string[];
  colorBy: string;
}

const USUAL = ['network.client.geoip.location', 'geo.location', 'geo', ''];

export function pointsRequest(request: Bag): PointsRequest | undefined {
  if (request['response_format'] !== 'event_list') return undefined;
  const query = bag(request['query']);
  const fields = list(request['columns']).map((column) => text(bag(column)['field']).replace(/^@/, ''));
  const usual = (name: string) => USUAL.map((path) => (path === '' ? name : `${path}.${name}`));
  return {
    source: text(query['data_source'], 'logs_stream'),
    search: text(query['query_string']),
    latitudes: [...fields.filter((field) => LATITUDE.test(field)), ...usual('latitude'), ...usual('lat')],
    longitudes: [...fields.filter((field) => LONGITUDE.test(field)), ...usual('longitude'), ...usual('lon')],
    colorBy: text(bag(request['style'])['color_by']).replace(/^@/, ''),
  };
}

export function placesOfEvents(events: readonly EventItem[], { latitudes, longitudes, colorBy }: PointsRequest): Place[] {
  const places: Place[] = [];
  for (const event of events) {
    const read = (fields: readonly string[], most: number) => {
      for (const field of fields) {
        const value = degrees(eventField(event, field) || attribute(event.raw, field), most);
        if (value !== undefined) return value;
      }
      return undefined;
    };
    const [lat, lon] = [read(latitudes, 90), read(longitudes, 180)];
    if (lat === undefined || lon === undefined) continue;
    places.push({ id: event.id, lat, lon, name: event.title || event.line, tags: event.tags, group: colorBy === '' ? '' : eventField(event, colorBy) || attribute(event.raw, colorBy), value: null });
    if (places.length >= PLACES_MAX) break;
  }
  return places;
}

/** What the event itself has under `a.b.c`, as it was answered. */
function attribute(raw: unknown, path: string): string {
  const attributes = bag(bag(raw)['attributes']);
  for (const base of [attributes, bag(attributes['attributes'])]) {
    const found = path.split('.').reduce<unknown>((inner, key) => (Object.hasOwn(bag(inner), key) ? bag(inner)[key] : undefined), base);
    if (typeof found === 'string' || typeof found === 'number') return String(found);
  }
  return '';
}
