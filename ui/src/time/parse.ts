/**
 * Typed times: `5h`, `past 2 days`, `Jan 1 - Jan 2`, `since Jun 1`, `today`, `week to date`, unix
 * seconds and milliseconds, ISO 8601.
 */
import { parsePoint, type Context } from './point';
import { MINUTE, type Range, type Selection } from './selection';
import { CALENDAR_WORDS, UNIT_MS } from './words';
import { isZone, type Zone } from './zone';

export type Parsed = { ok: true; selection: Selection } | { ok: false; message: string };

/** Around a typed instant. */
const AROUND = 15 * MINUTE;
const TEXT_MAX = 100;
const SPAN_MAX = 20 * UNIT_MS['year']!;
const SEPARATORS = /\s*[–—→]\s*|\s+-\s+|\s+to\s+|\s*\/(?=\s|\d{4}-)\s*|-/g;

export function parseTime(text: string, now: number, own: Zone): Parsed {
  const whole = text.trim().toLowerCase().replace(/\s+/g, ' ');
  if (whole === '') return wrong('Type a time, such as 5h or Jan 1 - Jan 2');
  if (whole.length > TEXT_MAX) return wrong('That is too long for a time');
  const [typed, zone] = zoned(whole, own);
  const calendar = CALENDAR_WORDS[typed];
  if (calendar) return { ok: true, selection: { kind: 'calendar', name: calendar } };
  const ms = relative(typed);
  if (ms !== undefined) return spanned(ms);
  const context: Context = { now, zone, day: now };
  const since = /^(?:since|from) (.+)$/.exec(typed);
  if (since) return sincePoint(since[1] ?? '', context);
  const point = parsePoint(typed, context);
  if (point) return fixed(point);
  return between(typed, context) ?? wrong(`“${text.trim()}” is not a time: try 5h, today or Jan 1 - Jan 2`);
}

/** `10:00 - 11:00 utc`, `Nov 20 Europe/Berlin`: the zone that is named at the end is meant. */
function zoned(text: string, own: Zone): [string, Zone] {
  const [, rest, name = ''] = /^(.*\S) (utc|gmt|[a-z]+(?:\/[a-z_+-]+[0-9]*){1,2})$/.exec(text) ?? [];
  if (rest === undefined) return [text, own];
  const zone = name === 'gmt' ? 'utc' : name;
  return isZone(zone) ? [rest, zone] : [text, own];
}

function wrong(message: string): Parsed {
  return { ok: false, message };
}

function spanned(ms: number): Parsed {
  if (ms < 1000) return wrong('The shortest time is 1 second');
  if (ms > SPAN_MAX) return wrong('The longest time is 20 years');
  return { ok: true, selection: { kind: 'relative', ms } };
}

/** `5h`, `1h 30m`, `past 2 days`, `last hour`. */
function relative(text: string): number | undefined {
  const body = text.replace(/^(past|last|previous) /, '');
  const single = body === text ? undefined : UNIT_MS[body];
  if (single !== undefined) return single;
  const parts = [...body.matchAll(/(\d+(?:\.\d+)?) ?([a-z]+) ?/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== body) return undefined;
  let ms = 0;
  for (const [, n, word] of parts) {
    const unit = UNIT_MS[word ?? ''];
    if (unit === undefined) return undefined;
    ms += Number(n) * unit;
  }
  return Math.round(ms);
}

function sincePoint(text: string, context: Context): Parsed {
  const point = parsePoint(text, context);
  if (!point) return between(text, context) ?? wrong(`“${text}” is not a point in time`);
  if (point.from >= context.now) return wrong('That is in the future');
  return { ok: true, selection: { kind: 'since', from: point.from } };
}

function fixed(range: Range): Parsed {
  const around = range.from === range.to ? { from: range.from - AROUND, to: range.to + AROUND } : range;
  return { ok: true, selection: { kind: 'fixed', ...around } };
}

/** Tries every place where the text may be two points: dates hold dashes themselves. */
function between(text: string, context: Context): Parsed | undefined {
  for (const match of text.matchAll(SEPARATORS)) {
    const left = text.slice(0, match.index).trim();
    const right = text.slice(match.index + match[0].length).trim();
    const from = parsePoint(left, context);
    const to = from && parsePoint(right, { ...context, day: from.from });
    if (!from || !to) continue;
    if (to.to <= from.from) return wrong('The end is before the start');
    if (right === 'now') return { ok: true, selection: { kind: 'since', from: from.from } };
    return { ok: true, selection: { kind: 'fixed', from: from.from, to: to.to } };
  }
  return undefined;
}
