/** When a shared dashboard stops to be readable. */
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const EXPIRIES = [
  { value: '', label: 'Never' },
  { value: '1', label: 'In a day' },
  { value: '7', label: 'In a week' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
] as const;

/** Days from now on as a time; none for never. */
export function expiryOf(days: string, now: number): string | null {
  return days === '' ? null : new Date(now + Number(days) * DAY_MS).toISOString();
}

export function expiryText(at: string | null | undefined, now: number): string {
  const time = at ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(time)) return 'never ends';
  const left = time - now;
  if (left <= 0) return 'is over';
  const [count, unit] = left < 2 * DAY_MS ? [Math.ceil(left / HOUR_MS), 'hour'] : [Math.round(left / DAY_MS), 'day'];
  return `ends in ${count} ${unit}${count === 1 ? '' : 's'}`;
}
