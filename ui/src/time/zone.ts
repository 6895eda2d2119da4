/** Wall-clock times in a zone: `local`, `utc` or an IANA name. */

export type Zone = string;

export interface Wall {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The IANA name for `Intl`. */
export function ianaOf(zone: Zone): string {
  if (zone === 'utc') return 'UTC';
  return zone === 'local' ? Intl.DateTimeFormat().resolvedOptions().timeZone : zone;
}

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: ianaOf(zone) });
    return true;
  } catch {
    return false;
  }
}

export function wallOf(ms: number, zone: Zone): Wall {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(ianaOf(zone)).formatToParts(ms)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return { year, month, day, hour: hour % 24, minute, second };
}

/** The instant of a wall-clock time; one that a clock change skips is moved after the gap. */
export function instantOf(wall: Wall, zone: Zone, ms = 0): number {
  const naive = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second) + ms;
  let guess = naive - offsetOf(naive, zone);
  // The offset may differ at the guess: once more settles all but the skipped hour.
  guess = naive - offsetOf(guess, zone);
  return guess;
}

/** Milliseconds that the zone is ahead of UTC at an instant. */
export function offsetOf(ms: number, zone: Zone): number {
  const wall = wallOf(ms, zone);
  const naive = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
  return naive - Math.floor(ms / 1000) * 1000;
}

/** Midnight, `days` after the day of `ms`. */
export function startOfDay(ms: number, zone: Zone, days = 0): number {
  const { year, month, day } = wallOf(ms, zone);
  return instantOf({ year, month, day: day + days, hour: 0, minute: 0, second: 0 }, zone);
}

/** The first midnight of the month that is `months` after the month of `ms`. */
export function startOfMonth(ms: number, zone: Zone, months = 0): number {
  const { year, month } = wallOf(ms, zone);
  return instantOf({ year, month: month + months, day: 1, hour: 0, minute: 0, second: 0 }, zone);
}

/** Monday's midnight, `weeks` after the week of `ms`. */
export function startOfWeek(ms: number, zone: Zone, weeks = 0): number {
  const { year, month, day } = wallOf(ms, zone);
  const weekday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
  return startOfDay(ms, zone, weeks * 7 - weekday);
}

export function startOfYear(ms: number, zone: Zone, years = 0): number {
  const { year } = wallOf(ms, zone);
  return instantOf({ year: year + years, month: 1, day: 1, hour: 0, minute: 0, second: 0 }, zone);
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}
