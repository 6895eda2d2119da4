/** Times as text, in the person's zone. */
import { DAY, HOUR, MINUTE, spanText, type Range, type Selection } from './selection';
import { ianaOf, wallOf, type Zone } from './zone';

const CALENDAR_LABELS: Record<string, string> = {
  today: 'Today',
  yesterday: 'Yesterday',
  week_to_date: 'Week to date',
  last_week: 'Last week',
  month_to_date: 'Month to date',
  last_month: 'Last month',
  year_to_date: 'Year to date',
  last_year: 'Last year',
};

/** `Past 1 hour`, `Today`, `Nov 21, 10:02 – 11:02`. */
export function selectionText(selection: Selection, range: Range, zone: Zone): string {
  switch (selection.kind) {
    case 'relative':
      return `Past ${longSpan(selection.ms)}`;
    case 'calendar':
      return CALENDAR_LABELS[selection.name] ?? selection.name;
    case 'since':
      return `Since ${pointText(selection.from, range.to, zone)}`;
    case 'fixed':
      return rangeText(range, zone);
  }
}

/** `1 hour`, `90 minutes` as `1h30m`. */
export function longSpan(ms: number): string {
  for (const [unit, size] of [['week', 7 * DAY], ['day', DAY], ['hour', HOUR], ['minute', MINUTE], ['second', 1000]] as const) {
    if (ms >= size && ms % size === 0) {
      const n = ms / size;
      return `${n} ${unit}${n === 1 ? '' : 's'}`;
    }
  }
  return spanText(ms);
}

export function rangeText({ from, to }: Range, zone: Zone): string {
  // Whole days read as days: the end is the midnight after.
  const isDays = isMidnight(from, zone) && isMidnight(to, zone) && to > from;
  if (isDays) {
    const last = to - 1;
    const first = dayText(from, zone);
    return dayText(last, zone) === first ? first : `${first} – ${dayText(last, zone)}`;
  }
  const sameDay = dayText(from, zone) === dayText(to, zone);
  return `${pointText(from, to, zone)} – ${sameDay ? clockText(to, zone, from) : pointText(to, from, zone)}`;
}

function isMidnight(ms: number, zone: Zone): boolean {
  const wall = wallOf(ms, zone);
  return wall.hour + wall.minute + wall.second === 0 && ms % 1000 === 0;
}

/** `Nov 21, 10:02`; with seconds when either end has them. */
function pointText(ms: number, other: number, zone: Zone): string {
  return `${dayText(ms, zone)}, ${clockText(ms, zone, other)}`;
}

function clockText(ms: number, zone: Zone, other: number): string {
  const hasSeconds = ms % MINUTE !== 0 && Math.abs(ms - other) < 10 * MINUTE;
  return formatIn(zone, { hour: '2-digit', minute: '2-digit', ...(hasSeconds ? { second: '2-digit' } : {}) }, ms);
}

export function dayText(ms: number, zone: Zone): string {
  const thisYear = wallOf(Date.now(), zone).year === wallOf(ms, zone).year;
  return formatIn(zone, { month: 'short', day: 'numeric', ...(thisYear ? {} : { year: 'numeric' }) }, ms);
}

/** `Nov 21, 2026, 10:02:03.123` with what the zone is. */
export function fullText(ms: number, zone: Zone): string {
  const text = formatIn(
    zone,
    { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' },
    ms,
  );
  const rest = Math.floor(ms % 1000);
  return rest === 0 ? text : `${text}.${String(rest).padStart(3, '0')}`;
}

/** `10:02:03` today, with the day before. */
export function shortText(ms: number, zone: Zone): string {
  const clock = formatIn(zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }, ms);
  return dayText(ms, zone) === dayText(Date.now(), zone) ? clock : `${dayText(ms, zone)}, ${clock}`;
}

/** `just now`, `5 min ago`, `3 d ago`. */
export function agoText(ms: number, now: number): string {
  const age = now - ms;
  if (age < 5000) return 'just now';
  if (age < MINUTE) return `${Math.floor(age / 1000)} s ago`;
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  if (age < 2 * DAY) return `${Math.floor(age / HOUR)} h ago`;
  return `${Math.floor(age / DAY)} d ago`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(zone: Zone, options: Intl.DateTimeFormatOptions, ms: number): string {
  const key = zone + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: ianaOf(zone), hourCycle: 'h23' });
    formats.set(key, format);
  }
  return format.format(ms);
}
