/**
 * What the person chose as time, and the range of instants it means at a moment.
 *
 * A selection that ends now is live: it moves on with the clock. In the address it is `span=…`
 * (`5h`, `today`) or `from_ts` and `to_ts` in unix milliseconds, with `live=true|false`.
 */
import { startOfDay, startOfMonth, startOfWeek, startOfYear, type Zone } from './zone';

export const CALENDAR = [
  'today',
  'yesterday',
  'week_to_date',
  'last_week',
  'month_to_date',
  'last_month',
  'year_to_date',
  'last_year',
] as const;

export type Calendar = (typeof CALENDAR)[number];

export type Selection =
  | { kind: 'relative'; ms: number }
  | { kind: 'calendar'; name: Calendar }
  | { kind: 'since'; from: number }
  | { kind: 'fixed'; from: number; to: number };

/** Unix milliseconds, `from` before `to`. */
export interface Range {
  from: number;
  to: number;
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Of every page that does not say otherwise. */
export const DEFAULT: Selection = { kind: 'relative', ms: HOUR };

const SPAN_MIN = 1000;

const UNITS: [string, number][] = [
  ['w', 7 * DAY],
  ['d', DAY],
  ['h', HOUR],
  ['m', MINUTE],
  ['s', 1000],
];

export function resolve(selection: Selection, now: number, zone: Zone): Range {
  switch (selection.kind) {
    case 'relative':
      return { from: now - selection.ms, to: now };
    case 'since':
      return { from: Math.min(selection.from, now - SPAN_MIN), to: now };
    case 'fixed':
      return { from: selection.from, to: Math.max(selection.to, selection.from + SPAN_MIN) };
    case 'calendar':
      return calendarRange(selection.name, now, zone);
  }
}

function calendarRange(name: Calendar, now: number, zone: Zone): Range {
  const to = now;
  switch (name) {
    case 'today':
      return { from: startOfDay(now, zone), to };
    case 'yesterday':
      return { from: startOfDay(now, zone, -1), to: startOfDay(now, zone) };
    case 'week_to_date':
      return { from: startOfWeek(now, zone), to };
    case 'last_week':
      return { from: startOfWeek(now, zone, -1), to: startOfWeek(now, zone) };
    case 'month_to_date':
      return { from: startOfMonth(now, zone), to };
    case 'last_month':
      return { from: startOfMonth(now, zone, -1), to: startOfMonth(now, zone) };
    case 'year_to_date':
      return { from: startOfYear(now, zone), to };
    case 'last_year':
      return { from: startOfYear(now, zone, -1), to: startOfYear(now, zone) };
  }
}

/** Whether the range's end moves with the clock. */
export function isLive(selection: Selection): boolean {
  if (selection.kind === 'calendar') return selection.name === 'today' || selection.name.endsWith('_to_date');
  return selection.kind !== 'fixed';
}

/** `5400000` → `1h30m`. */
export function spanText(ms: number): string {
  let rest = Math.round(ms / 1000) * 1000;
  let text = '';
  for (const [unit, size] of UNITS) {
    const n = Math.floor(rest / size);
    // 1w only when it is whole weeks: 10d reads better than 1w3d.
    if (n === 0 || (unit === 'w' && rest % size !== 0)) continue;
    text += `${n}${unit}`;
    rest -= n * size;
  }
  return text || '0s';
}

/** `1h30m` → milliseconds; undefined when it is not a span. */
export function spanOf(text: string): number | undefined {
  if (!/^(\d+[wdhms])+$/.test(text)) return undefined;
  let ms = 0;
  for (const [, n, unit] of text.matchAll(/(\d+)([wdhms])/g)) {
    ms += Number(n) * (UNITS.find(([name]) => name === unit)?.[1] ?? 0);
  }
  return ms > 0 && Number.isSafeInteger(ms) ? ms : undefined;
}

export interface TimeParams {
  span: string | undefined;
  from_ts: string | undefined;
  to_ts: string | undefined;
  live: string | undefined;
}

/** The parameters of the address for a selection. */
export function toParams(selection: Selection): TimeParams {
  const none: TimeParams = { span: undefined, from_ts: undefined, to_ts: undefined, live: undefined };
  switch (selection.kind) {
    case 'relative':
      return { ...none, span: spanText(selection.ms) };
    case 'calendar':
      return { ...none, span: selection.name };
    case 'since':
      return { ...none, from_ts: String(selection.from), live: 'true' };
    case 'fixed':
      return { ...none, from_ts: String(selection.from), to_ts: String(selection.to), live: 'false' };
  }
}

/** Reads them; what is broken or absent is the default. */
export function ofParams(params: Partial<TimeParams>, fallback: Selection = DEFAULT): Selection {
  const calendar = CALENDAR.find((name) => name === params.span);
  if (calendar) return { kind: 'calendar', name: calendar };
  const ms = params.span === undefined ? undefined : spanOf(params.span);
  if (ms !== undefined) return { kind: 'relative', ms };
  const from = instant(params.from_ts);
  const to = instant(params.to_ts);
  if (from === undefined) return fallback;
  if (to === undefined) return { kind: 'since', from };
  if (to <= from) return fallback;
  return params.live === 'true' ? { kind: 'relative', ms: to - from } : { kind: 'fixed', from, to };
}

function instant(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined;
  return Number(text);
}
