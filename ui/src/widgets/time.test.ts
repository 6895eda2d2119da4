import { expect, it } from 'vitest';

import { barInterval } from './query/ask';
import { ownRange, spanText } from './time';

const PAGE = { from: 1_700_000_000_000, to: 1_700_014_400_000 };
const HOUR = 3_600_000;

it.each([
  [undefined, PAGE, undefined],
  [{}, PAGE, undefined],
  [{ live_span: '1h' }, { from: PAGE.to - HOUR, to: PAGE.to }, '1h'],
  [{ live_span: '3mo', hide_incomplete_cost_data: true }, { from: PAGE.to - 90 * 24 * HOUR, to: PAGE.to }, '3mo'],
  [{ live_span: 'alert' }, PAGE, undefined],
  [{ type: 'live', unit: 'hour', value: 6 }, { from: PAGE.to - 6 * HOUR, to: PAGE.to }, '6h'],
  [{ type: 'live', unit: 'fortnight', value: 6 }, PAGE, undefined],
  [{ type: 'fixed', from: 1_712_080_128_000, to: 1_712_083_128_000 }, { from: 1_712_080_128_000, to: 1_712_083_128_000 }, 'Apr 2, 17:48 – 18:38'],
  [{ type: 'fixed', from: 1_712_080_128, to: 1_712_083_128 }, { from: 1_712_080_128_000, to: 1_712_083_128_000 }, 'Apr 2, 17:48 – 18:38'],
  [{ type: 'fixed', from: 5, to: 5 }, PAGE, undefined],
  [{ type: 'fixed', from: 1, to: 1e300 }, PAGE, undefined],
])('the own time of %j', (time, range, says) => {
  expect(ownRange(time as never, PAGE)).toEqual(range);
  const text = spanText(time as never, 'UTC');
  expect(says?.startsWith('Apr') ? text?.replace(', 2024', '') : text).toBe(says);
});

it.each([
  [0.25, undefined],
  [1, 1],
  [4, 2],
  [24, 15],
  [48, 30],
  [168, 120],
  [720, 720],
  [1e6, 43_200],
])('bars of %d hours are %s minutes wide', (hours, minutes) => expect(barInterval({ from: 0, to: hours * HOUR }, 120)).toBe(minutes === undefined ? undefined : minutes * 60_000));
