import { expect, it } from 'vitest';

import { rateNow, rates, withSample, type Sample } from './rate';

const samples = (...counts: number[]): readonly Sample[] => counts.map((count, at) => ({ at: at * 10_000, count }));

it.each([
  [samples(), undefined],
  [samples(5), undefined],
  [samples(0, 100), 10],
  [samples(0, 100, 100), 5],
  // Only the last minute counts.
  [samples(0, 9e6, 9e6, 9e6, 9e6, 9e6, 9e6, 9e6), 0],
])('rateNow %#', (list, rate) => expect(rateNow(list)).toBe(rate));

it('rates lie between the samples', () => expect(rates(samples(0, 100, 100))).toEqual([10, 0]));

it('starts anew with the server, and takes each count once', () => {
  const list = samples(0, 100);
  expect(withSample(list, { at: 20_000, count: 3 })).toEqual([{ at: 20_000, count: 3 }]);
  expect(withSample(list, { at: 10_000, count: 100 })).toBe(list);
  let many: readonly Sample[] = [];
  for (let at = 1; at < 200; at += 1) many = withSample(many, { at, count: at });
  expect(many.length).toBe(60);
});
