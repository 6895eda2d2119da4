/** A widget's own time. Source: openapi core-v1, `WidgetTime`. */
import type { WidgetTime } from '../dashboards/model';
import { rangeText } from '../time/format';
import type { Range } from '../time/selection';
import type { Zone } from '../time/zone';

const MINUTE = 60_000;
const UNITS: Readonly<Record<string, number>> = { minute: MINUTE, hour: 60 * MINUTE, day: 1440 * MINUTE, week: 7 * 1440 * MINUTE, month: 30 * 1440 * MINUTE, year: 365 * 1440 * MINUTE };
const SPAN = /^(\d+)(mo|m|h|d|w|y)$/;
const LETTERS: Readonly<Record<string, string>> = { m: 'minute', h: 'hour', d: 'day', w: 'week', mo: 'month', y: 'year' };

/** The width of a live span in milliseconds, if it has one of its own. */
export function spanMs(time: WidgetTime | undefined): number | undefined {
  if (!time) return undefined;
  if (time.unit && time.value !== undefined) {
    const unit = UNITS[time.unit];
    return unit === undefined ? undefined : unit * time.value;
  }
  const [, count, letters] = SPAN.exec(time.live_span ?? '') ?? [];
  const unit = UNITS[LETTERS[letters ?? ''] ?? ''];
  return count === undefined || unit === undefined ? undefined : Number(count) * unit;
}

/** Times below are in seconds: as milliseconds they would lie in 1973. The API writes milliseconds. */
const SECONDS_BELOW = 1e11;
const DATE_MOST = 8.64e15;

/** The page's range unless the widget says otherwise; live spans end where the page's range ends. */
export function ownRange(time: WidgetTime | undefined, page: Range): Range {
  const fixed = fixedRange(time);
  if (fixed) return fixed;
  const width = spanMs(time);
  return width === undefined ? page : { from: page.to - width, to: page.to };
}

/** Times that a date cannot hold are none. */
export function fixedRange(time: WidgetTime | undefined): Range | undefined {
  const [from, to] = [time?.from, time?.to];
  if (typeof from !== 'number' || typeof to !== 'number' || from >= to) return undefined;
  const factor = to < SECONDS_BELOW ? 1000 : 1;
  return Math.abs(from * factor) > DATE_MOST || to * factor > DATE_MOST ? undefined : { from: from * factor, to: to * factor };
}

const SHORT: Readonly<Record<string, string>> = { minute: 'm', hour: 'h', day: 'd', week: 'w', month: 'mo', year: 'y' };

/** In the title, so that nobody takes it for the page's: `1d`; undefined for the page's own time. */
export function spanText(time: WidgetTime | undefined, zone: Zone): string | undefined {
  const fixed = fixedRange(time);
  if (fixed) return rangeText(fixed, zone);
  if (spanMs(time) === undefined) return undefined;
  if (time?.unit && time.value !== undefined) return `${time.value}${SHORT[time.unit] ?? time.unit}`;
  return time?.live_span;
}
