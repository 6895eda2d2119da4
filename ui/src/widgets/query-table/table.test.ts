import { expect, it } from 'vitest';

import { widthsOf } from './table';
import { extentOf, gathered, pathsOf } from './Trend';

it.each([
  [0, 2, ['number']],
  [1200, 1, ['number', 'number']],
  [400, 6, ['number']],
  [480, 1, ['bar', 'bar', 'trend']],
  [300, 0, ['number']],
] as const)('columns of %d pixels with %d keys and %j fit', (width, keys, cells) => {
  const { group, head, track } = widthsOf(width, keys, cells);
  expect([group, head, track].every((one) => Number.isFinite(one) && one >= 28)).toBe(true);
  // Only where even the least does not fit may the table be wider than its place.
  if (width >= (keys + cells.length) * 140) expect(keys * group + cells.length * (track + 72)).toBeLessThanOrEqual(width);
});

it('leaves a group more room where there is more', () => expect(widthsOf(900, 2, ['number']).group).toBeGreaterThan(widthsOf(450, 2, ['number']).group));

it('gathers neighbours', () => {
  expect(gathered([1, 3, null, 5, null, null], 3)).toEqual([2, 5, null]);
  expect(gathered([1, 2], 3)).toEqual([1, 2]);
});

it('draws courses', () => {
  expect(extentOf([[1, null, 5], [-2]])).toEqual([-2, 5]);
  expect(extentOf([])).toEqual([0, 0]);
  expect(pathsOf([0, 8, null, 4], 'line', 30, [0, 8])).toEqual({ line: 'M0.0 17.0L10.0 1.0M30.0 9.0', fill: '' });
  expect(pathsOf([8], 'bars', 20, [0, 8])).toEqual({ line: '', fill: 'M0.0 17.0V1.0h15.0V17.0z' });
  expect(pathsOf([], 'area', 20, [0, 0])).toEqual({ line: '', fill: '' });
});
