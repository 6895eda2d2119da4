import { describe, expect, it } from 'vitest';

import { axisUnits, filled, stacked, summarize, withGaps } from './data';
import { UNITS, type UnitPair } from './units';

describe('gaps', () => {
  const times = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90];
  const _ = undefined;
  it.each([
    ['none', [1, 1, 1], [1, 1, 1]],
    ['one missed point does not break the line', [1, 1, 1, null, 1, 1], [1, 1, 1, _, 1, 1]],
    ['a long one does', [1, 1, 1, null, null, null, null, 1, 1, 1], [1, 1, 1, null, null, null, null, 1, 1, 1]],
    ['a slow series among fast ones is whole', [1, null, null, 1, null, null, 1, null, null, 1], [1, _, _, 1, _, _, 1, _, _, 1]],
    ['the ends stay open', [null, 1, 1, null], [null, 1, 1, null]],
    ['zero is a value', [0, null, 0], [0, _, 0]],
  ])('%s', (_name, values, expected) => {
    expect(withGaps(times.slice(0, values.length), values)).toEqual(expected);
  });
});

it('fills short gaps by lines and long ones by zero', () => {
  expect(filled([0, 10, 20, 30, 40], [0, undefined, 4, null, 2])).toEqual([0, 2, 4, 0, 2]);
});

it('stacks from the last', () => {
  expect(stacked([[1, 1], [2, 2], [4, 0]])).toEqual([[7, 3], [6, 2], [4, 0]]);
});

it('sums up what is there', () => {
  expect(summarize([null, 2, 4, null])).toEqual({ min: 2, avg: 3, max: 4, last: 4, sum: 6, count: 2 });
  expect(summarize([null])).toEqual({ min: null, avg: null, max: null, last: null, sum: null, count: 0 });
});

describe('axes', () => {
  const { percent, byte, second } = UNITS;
  it.each<[string, UnitPair[], boolean, UnitPair[]]>([
    ['one unit', [percent, percent], true, [percent]],
    ['two units', [percent, byte], true, [percent, byte]],
    ['stacks have one axis', [percent, byte], false, [null]],
    ['more units than axes', [percent, byte, second], true, [null]],
    ['no unit shares the first', [null, percent, null], true, [percent]],
    ['none at all', [null, undefined], true, [null]],
  ])('%s', (_name, units, canSplit, expected) => {
    const series = units.map((unit, at) => ({ id: `${at}`, label: '', tags: [], color: 0, values: [], unit }));
    expect(axisUnits({ times: [], interval: 1, series }, canSplit)).toEqual(expected);
  });
});
