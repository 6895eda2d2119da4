/** A number beside what it was. Source: openapi core-v1, `QueryValueWidgetComparison`. */
import type { Range } from '../../time/selection';
import { bag, num, oneOf } from '../query/json';

export interface Comparison {
  /** Of what it was, in unix milliseconds. */
  range: Range;
  shows: 'absolute' | 'relative' | 'both';
  better: 'increase_better' | 'decrease_better' | 'neutral';
  /** What it is compared to. */
  words: string;
}

const DAY = 86_400_000;
const SPANS = { previous_day: [DAY, 'a day before'], previous_week: [7 * DAY, 'a week before'], previous_month: [30 * DAY, 'a month before'] } as const;
/** Times below are in seconds: as milliseconds they would lie in 1973. */
const SECONDS_BELOW = 1e11;

export function comparisonOf(value: unknown, range: Range): Comparison | undefined {
  const raw = bag(value);
  const duration = bag(raw['duration']);
  const place = placeOf(duration, range);
  if (!place) return undefined;
  return {
    ...place,
    shows: oneOf(raw['type'], ['absolute', 'relative', 'both'] as const) ?? 'both',
    better: oneOf(raw['directionality'], ['increase_better', 'decrease_better'] as const) ?? 'neutral',
  };
}

function placeOf(duration: Readonly<Record<string, unknown>>, { from, to }: Range): Pick<Comparison, 'range' | 'words'> | undefined {
  if (duration['type'] === 'previous_timeframe') return { range: { from: 2 * from - to, to: from }, words: 'the time before' };
  const span = oneOf(duration['type'], ['previous_day', 'previous_week', 'previous_month'] as const);
  if (span) return { range: { from: from - SPANS[span][0], to: to - SPANS[span][0] }, words: SPANS[span][1] };
  const custom = bag(duration['custom_timeframe']);
  const [start, end] = [num(custom['from']), num(custom['to'])];
  if (duration['type'] !== 'custom_timeframe' || start === undefined || end === undefined || start >= end) return undefined;
  const factor = end < SECONDS_BELOW ? 1000 : 1;
  return { range: { from: start * factor, to: end * factor }, words: 'the chosen time' };
}

/** `ok` for the better, `alert` for the worse, nothing where that is not said. */
export function verdictOf(change: number, better: Comparison['better']): 'ok' | 'alert' | undefined {
  if (change === 0 || better === 'neutral') return undefined;
  return change > 0 === (better === 'increase_better') ? 'ok' : 'alert';
}
