import { expect, it } from 'vitest';

import { stackedBars } from './stacked';

const row = (tags: string[], value: number | null) => ({ id: tags.join(','), tags, values: [value] });
const ROWS = [row(['env:dev', 'service:web'], 1), row(['env:prod', 'service:web'], 3), row(['env:prod', 'service:db'], 9), row(['env:dev', 'service:'], null), row(['env:qa', 'service:db'], -4), row([], 7)];

it('puts groups on each other, the largest first', () => {
  const { names, groups, marks } = stackedBars(ROWS, 0, false);
  expect([names, groups]).toEqual([['prod', 'dev'], ['db', 'web']]);
  expect(marks.map(({ across, group, value }) => [across, group, value])).toEqual([['dev', 'web', 1], ['prod', 'web', 3], ['prod', 'db', 9]]);
});

it('has shares of each bar', () => expect(stackedBars(ROWS, 0, true).marks.map(({ value }) => value)).toEqual([100, 25, 75]));

it.each([[[]], [[row(['a:b'], 0)]]])('bears %j', (rows) => expect(stackedBars(rows, 0, true).marks.every(({ value }) => Number.isFinite(value))).toBe(true));
