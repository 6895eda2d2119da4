/**
 * What of a Vega-Lite specification is understood here: one mark of bars, lines, areas, points or
 * arcs, and plain fields on its channels. All else is named, and the graph is not drawn: half a
 * picture would mislead. Source: the Vega-Lite documentation, "Mark" and "Encoding".
 */
import { bag, list, oneOf, text, type Bag } from '../query/json';

export type Mark = 'bar' | 'line' | 'area' | 'point' | 'arc';
export type FieldType = 'nominal' | 'quantitative' | 'temporal';
export type Aggregate = 'sum' | 'mean' | 'min' | 'max' | 'count';

export interface Channel {
  /** Empty for counts. */
  field: string;
  type: FieldType;
  aggregate: Aggregate | undefined;
  /** `undefined` where the axis goes by the field's name, `''` where it has no title. */
  title: string | undefined;
  /** Of names: by their own order, or by the other channel's values. */
  sort: 'up' | 'down' | 'x' | '-x' | 'y' | '-y' | readonly string[] | undefined;
  isLog: boolean;
  /** `null` and `false` put marks over each other. */
  isStacked: boolean;
  /** The axis begins at zero. */
  hasZero: boolean;
}

export const CHANNELS = ['x', 'y', 'color', 'theta', 'size'] as const;
export type ChannelName = (typeof CHANNELS)[number];

export interface Spec {
  mark: Mark;
  /** Of the mark, where it names one. */
  paint: string | undefined;
  channels: Partial<Readonly<Record<ChannelName, Channel>>>;
  /** Rows that stand in the specification itself. */
  rows: readonly Bag[] | undefined;
}

export type ReadSpec = { spec: Spec } | { lacks: readonly string[] };

const MARKS: Readonly<Record<string, Mark>> = { bar: 'bar', line: 'line', area: 'area', point: 'point', circle: 'point', square: 'point', arc: 'arc', trail: 'line' };
const AGGREGATES: Readonly<Record<string, Aggregate>> = { sum: 'sum', mean: 'mean', average: 'mean', min: 'min', max: 'max', count: 'count' };
/** They change no place of a mark. */
const IGNORED_CHANNELS = new Set(['tooltip', 'opacity', 'order', 'href', 'description', 'key', 'detail', 'fillOpacity', 'strokeWidth', 'text', 'url']);
const IGNORED = new Set(['$schema', 'description', 'data', 'mark', 'encoding', 'title', 'name', 'width', 'height', 'autosize', 'background', 'padding', 'config', 'view', 'usermeta', 'params']);
const COLOR = /^(#[0-9a-f]{3,8}|[a-z]{3,20})$/i;
const ROWS_MAX = 5000;

/** @param definition of the widget */
export function readSpec(definition: Bag): ReadSpec {
  const specification = bag(definition['specification']);
  if (specification['type'] === 'vega') return { lacks: ['Vega (only Vega-Lite is read)'] };
  const contents = bag(specification['contents']);
  const lacks: string[] = Object.keys(contents).filter((key) => !IGNORED.has(key) && list(contents[key]).length + Object.keys(bag(contents[key])).length > 0);
  const mark = markOf(contents['mark']);
  if (mark === undefined && !('layer' in contents)) lacks.push(`mark ${JSON.stringify(contents['mark'] ?? null).slice(0, 60)}`);
  const channels: Partial<Record<ChannelName, Channel>> = {};
  for (const [name, raw] of Object.entries(bag(contents['encoding']))) {
    const known = oneOf(name, CHANNELS);
    // A plain value is a look, not data.
    if (IGNORED_CHANNELS.has(name) || (Object.hasOwn(bag(raw), 'value') && name !== 'x' && name !== 'y')) continue;
    const channel = known === undefined ? undefined : channelOf(bag(raw), lacks, name);
    if (known !== undefined && channel) channels[known] = channel;
    else if (known === undefined) lacks.push(`encoding.${name}`);
  }
  if (mark !== undefined) lacks.push(...missing(mark, channels));
  if (mark === undefined || lacks.length > 0) return { lacks: [...new Set(lacks)] };
  const rows = bag(contents['data'])['values'];
  const paint = text(bag(contents['mark'])['color']) ?? text(bag(bag(bag(contents['encoding']))['color'])['value']);
  return { spec: { mark, channels, paint: paint && COLOR.test(paint) ? paint : undefined, rows: Array.isArray(rows) ? rows.slice(0, ROWS_MAX).map(bag) : undefined } };
}

function markOf(raw: unknown): Mark | undefined {
  const name = text(raw) ?? text(bag(raw)['type']) ?? '';
  return Object.hasOwn(MARKS, name) ? MARKS[name] : undefined;
}

function missing(mark: Mark, channels: Spec['channels']): string[] {
  if (mark === 'arc') return channels.theta ? [] : ['an arc without encoding.theta'];
  return (['x', 'y'] as const).filter((name) => !channels[name]).map((name) => `a ${mark} without encoding.${name}`);
}

const TYPES: Readonly<Record<string, FieldType>> = { nominal: 'nominal', ordinal: 'nominal', quantitative: 'quantitative', temporal: 'temporal' };

function channelOf(raw: Bag, lacks: string[], name: string): Channel | undefined {
  const [field, said] = [text(raw['field']), text(raw['aggregate'])];
  const aggregate = said !== undefined && Object.hasOwn(AGGREGATES, said) ? AGGREGATES[said] : undefined;
  for (const key of ['bin', 'timeUnit', 'condition', 'repeat'] as const) if (raw[key] !== undefined && raw[key] !== null && raw[key] !== false) lacks.push(`encoding.${name}.${key}`);
  if (said !== undefined && aggregate === undefined) lacks.push(`encoding.${name}.aggregate ${said}`);
  if (field === undefined && aggregate !== 'count') {
    lacks.push(`encoding.${name} without a field`);
    return undefined;
  }
  const type = TYPES[text(raw['type']) ?? ''] ?? (aggregate !== undefined || name === 'theta' || name === 'size' ? 'quantitative' : 'nominal');
  const scale = bag(raw['scale']);
  const [axis, title] = [bag(raw['axis']), raw['title']];
  const named = title === null || axis['title'] === null ? '' : (text(title) ?? text(axis['title']));
  return {
    field: (field ?? '').replace(/^datum\./, ''),
    type,
    aggregate,
    title: named,
    sort: sortOf(raw['sort']),
    isLog: scale['type'] === 'log',
    isStacked: raw['stack'] !== null && raw['stack'] !== false,
    hasZero: scale['zero'] !== false,
  };
}

function sortOf(raw: unknown): Channel['sort'] {
  if (Array.isArray(raw)) return raw.flatMap((one) => text(one) ?? []);
  if (raw === 'descending') return 'down';
  return raw === 'ascending' ? 'up' : oneOf(raw, ['x', '-x', 'y', '-y'] as const);
}
