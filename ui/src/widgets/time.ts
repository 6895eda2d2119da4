/** A widget's own time. Source: openapi core-v1, `WidgetTime`. */
import type { WidgetTime } from '../dashboards/model';
import type { Range } from '../time/selection';

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

/** The page's range unless the widget says otherwise; live spans end where the page's range ends. */
export function ownRange(time: WidgetTime | undefined, page: Range): Range {
  if (time?.from !== undefined && time.to !== undefined) return { from: time.from * 1000, to: time.to * 1000 };
  const width = spanMs(time);
  return width === undefined ? page : { from: page.to - width, to: page.to };
}
