/**
 * One typed point in time. It covers a stretch: `Jan 1` is a day, `10:30` a minute, a unix time an
 * instant.
 */
import { DAY, HOUR, MINUTE, type Range } from './selection';
import { monthOf, UNIT_MS } from './words';
import { instantOf, startOfDay, wallOf, type Zone } from './zone';

export interface Context {
  now: number;
  zone: Zone;
  /** The day that a time without a date is of. */
  day: number;
}

interface Day {
  year: number;
  month: number;
  day: number;
}

interface Clock {
  hour: number;
  minute: number;
  second: number;
  ms: number;
  /** How long the clock text stands for. */
  width: number;
}

const CLOCK = String.raw`(\d{1,2})(?::(\d{2}))?(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(am|pm)?`;
const ISO = new RegExp(
  String.raw`^(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:(?:t|\s+)${CLOCK}\s*(z|utc|[+-]\d{2}:?\d{2})?)?$`,
);
const SLASHED = new RegExp(String.raw`^(\d{1,2})/(\d{1,2})(?:/(\d{4}))?(?:,?\s+${CLOCK})?$`);
const MONTH_FIRST = new RegExp(
  String.raw`^([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?(?:,?\s+(?:at\s+)?${CLOCK})?$`,
);
const DAY_FIRST = new RegExp(
  String.raw`^(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})\.?(?:,?\s+(\d{4}))?(?:,?\s+(?:at\s+)?${CLOCK})?$`,
);
const MONTH_ONLY = /^([a-z]{3,9})\.?(?:,?\s+(\d{4}))?$/;
const CLOCK_ONLY = new RegExp(`^${CLOCK}$`);
const DAY_WORD = new RegExp(String.raw`^(today|yesterday)(?:,?\s+(?:at\s+)?${CLOCK})?$`);
const AGO = /^(?:-|now\s*-\s*)?(\d+(?:\.\d+)?)\s*([a-z]+)(\s+ago)?$/;

/** Reads trimmed, lower-case text; undefined when it is not a point in time. */
export function parsePoint(text: string, context: Context): Range | undefined {
  if (text === 'now') return { from: context.now, to: context.now };
  return (
    unix(text) ??
    iso(text, context.zone) ??
    dayWord(text, context) ??
    slashed(text, context) ??
    named(text, context) ??
    monthOnly(text, context) ??
    clockOnly(text, context) ??
    ago(text, context)
  );
}

function unix(text: string): Range | undefined {
  if (!/^\d{9,10}(\.\d+)?$|^\d{12,13}$/.test(text)) return undefined;
  const ms = text.length >= 12 && !text.includes('.') ? Number(text) : Math.round(Number(text) * 1000);
  return { from: ms, to: ms };
}

function iso(text: string, zone: Zone): Range | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [year, month] = [Number(match[1]), Number(match[2])];
  if (match[3] === undefined) return match[4] === undefined ? monthRange(year, month, zone) : undefined;
  const offset = match[9];
  const day = { year, month, day: Number(match[3]) };
  const clock = clockOf(match, 4);
  if (clock === null) return undefined;
  if (offset === undefined) return stretch(day, clock, zone);
  const range = stretch(day, clock, 'utc');
  const ahead = /^[+-]/.test(offset) ? offsetMs(offset) : 0;
  return range && { from: range.from - ahead, to: range.to - ahead };
}

function offsetMs(text: string): number {
  const digits = text.replace(':', '');
  const size = Number(digits.slice(1, 3)) * HOUR + Number(digits.slice(3, 5)) * MINUTE;
  return digits.startsWith('-') ? -size : size;
}

function dayWord(text: string, context: Context): Range | undefined {
  const match = DAY_WORD.exec(text);
  const clock = match && clockOf(match, 2);
  if (!match || clock === null) return undefined;
  const days = match[1] === 'yesterday' ? -1 : 0;
  return stretch(wallOf(startOfDay(context.now, context.zone, days), context.zone), clock, context.zone);
}

function slashed(text: string, context: Context): Range | undefined {
  const match = SLASHED.exec(text);
  return match ? dated([match[3], Number(match[1]), Number(match[2])], clockOf(match, 4), context) : undefined;
}

function named(text: string, context: Context): Range | undefined {
  const first = MONTH_FIRST.exec(text);
  if (first) {
    const month = monthOf(first[1] ?? '');
    return month ? dated([first[3], month, Number(first[2])], clockOf(first, 4), context) : undefined;
  }
  const second = DAY_FIRST.exec(text);
  const month = second && monthOf(second[2] ?? '');
  if (!second || !month) return undefined;
  return dated([second[3], month, Number(second[1])], clockOf(second, 4), context);
}

function monthOnly(text: string, context: Context): Range | undefined {
  const match = MONTH_ONLY.exec(text);
  const month = match && monthOf(match[1] ?? '');
  if (!match || !month) return undefined;
  const current = wallOf(context.now, context.zone);
  const recent = month > current.month ? current.year - 1 : current.year;
  return monthRange(match[2] ? Number(match[2]) : recent, month, context.zone);
}

function clockOnly(text: string, context: Context): Range | undefined {
  const match = CLOCK_ONLY.exec(text);
  const clock = match && clockOf(match, 1);
  // A bare number is not a time of day.
  if (!match || !clock || (match[2] === undefined && match[5] === undefined)) return undefined;
  return stretch(wallOf(context.day, context.zone), clock, context.zone);
}

function ago(text: string, context: Context): Range | undefined {
  const match = AGO.exec(text);
  const isAgo = match !== null && (match[3] !== undefined || /^(-|now)/.test(text));
  const unit = match ? UNIT_MS[match[2] ?? ''] : undefined;
  if (!match || !isAgo || unit === undefined) return undefined;
  const at = context.now - Number(match[1]) * unit;
  return { from: at, to: at };
}

type Dated = [year: string | undefined, month: number, day: number];

function dated([year, month, day]: Dated, clock: Clock | undefined | null, context: Context): Range | undefined {
  if (clock === null) return undefined;
  if (year !== undefined) return stretch({ year: Number(year), month, day }, clock, context.zone);
  // Without a year: the last such day that is not wholly in the future.
  const current = wallOf(context.now, context.zone).year;
  const range = stretch({ year: current, month, day }, clock, context.zone);
  if (range && range.from <= context.now + DAY) return range;
  return stretch({ year: current - 1, month, day }, clock, context.zone);
}

function monthRange(year: number, month: number, zone: Zone): Range | undefined {
  if (month < 1 || month > 12) return undefined;
  const at = (m: number) => instantOf({ year, month: m, day: 1, hour: 0, minute: 0, second: 0 }, zone);
  return { from: at(month), to: at(month + 1) };
}

function stretch(day: Day, clock: Clock | undefined, zone: Zone): Range | undefined {
  const date = new Date(Date.UTC(day.year, day.month - 1, day.day));
  if (date.getUTCMonth() !== day.month - 1 || day.day < 1) return undefined;
  if (!clock) {
    const midnight = { ...day, hour: 0, minute: 0, second: 0 };
    return { from: instantOf(midnight, zone), to: instantOf({ ...midnight, day: day.day + 1 }, zone) };
  }
  const from = instantOf({ ...day, ...clock }, zone, clock.ms);
  return { from, to: from + clock.width };
}

/** Undefined without a clock text, null when it is wrong. */
function clockOf(match: RegExpExecArray, at: number): Clock | undefined | null {
  const [hours, minutes, seconds, fraction, half] = match.slice(at, at + 5);
  if (hours === undefined) return undefined;
  let hour = Number(hours);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half === 'pm' ? 12 : 0);
  }
  const [minute, second] = [Number(minutes ?? 0), Number(seconds ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return null;
  const ms = fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000);
  const width = seconds !== undefined ? 0 : minutes !== undefined ? MINUTE : HOUR;
  return { hour, minute, second, ms, width };
}
