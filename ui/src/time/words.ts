/** Words of typed times. */
import { DAY, HOUR, MINUTE, type Calendar } from './selection';

export const UNIT_MS: Record<string, number> = {
  s: 1000, sec: 1000, secs: 1000, second: 1000, seconds: 1000,
  m: MINUTE, min: MINUTE, mins: MINUTE, minute: MINUTE, minutes: MINUTE,
  h: HOUR, hr: HOUR, hrs: HOUR, hour: HOUR, hours: HOUR,
  d: DAY, day: DAY, days: DAY,
  w: 7 * DAY, wk: 7 * DAY, wks: 7 * DAY, week: 7 * DAY, weeks: 7 * DAY,
  mo: 30 * DAY, mos: 30 * DAY, month: 30 * DAY, months: 30 * DAY,
  y: 365 * DAY, yr: 365 * DAY, year: 365 * DAY, years: 365 * DAY,
};

export const CALENDAR_WORDS: Record<string, Calendar> = {
  today: 'today',
  yesterday: 'yesterday',
  'week to date': 'week_to_date',
  'this week': 'week_to_date',
  wtd: 'week_to_date',
  'last week': 'last_week',
  'previous week': 'last_week',
  'month to date': 'month_to_date',
  'this month': 'month_to_date',
  mtd: 'month_to_date',
  'last month': 'last_month',
  'previous month': 'last_month',
  'year to date': 'year_to_date',
  'this year': 'year_to_date',
  ytd: 'year_to_date',
  'last year': 'last_year',
  'previous year': 'last_year',
};

export const MONTHS = [
  'january', 'february', 'march', 'april', 'may', 'june',
  'july', 'august', 'september', 'october', 'november', 'december',
];

/** 1 to 12, of a name or its first three letters at least. */
export function monthOf(word: string): number | undefined {
  const name = word === 'sept' ? 'sep' : word;
  const at = name.length >= 3 ? MONTHS.findIndex((month) => month.startsWith(name)) : -1;
  return at < 0 ? undefined : at + 1;
}
