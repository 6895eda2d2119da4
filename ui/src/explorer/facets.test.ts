import { expect, it } from 'vitest';

import { countFacet, histogram, slicesOf, splitTag, tagFacets, type Facet } from './facets';

interface Item {
  at: number;
  status: string;
  tags: string[];
}

const ITEMS: Item[] = [
  { at: 0, status: 'error', tags: ['env:prod', 'team:core'] },
  { at: 10_000, status: 'error', tags: ['env:dev', 'team:core', 'team:web'] },
  { at: 60_000, status: 'info', tags: ['env:prod', 'canary'] },
];
const STATUS: Facet<Item> = { field: 'status', label: 'Status', values: (item) => [item.status] };
const [ENV] = tagFacets(ITEMS, (item) => item.tags, 1) as [Facet<Item>];

it.each([
  ['', { error: 2, info: 1 }, { prod: 2, dev: 1 }],
  ['status:error', { error: 2, info: 1 }, { prod: 1, dev: 1 }],
  ['-status:error', { error: 2, info: 1 }, { prod: 1 }],
  ['env:prod', { error: 1, info: 1 }, { prod: 2, dev: 1 }],
  ['status:error env:gone', { error: 0 }, { prod: 1, dev: 1, gone: 0 }],
])('counts under %s', (search, statuses, envs) => {
  const shown = (facet: Facet<Item>) =>
    Object.fromEntries(countFacet(ITEMS, facet, [STATUS, ENV], search).map((row) => [row.value, row.count]));
  expect(shown(STATUS)).toEqual(statuses);
  expect(shown(ENV)).toEqual(envs);
});

it('keys of tags, most frequent first', () => {
  expect(tagFacets(ITEMS, (item) => item.tags, 5).map((facet) => facet.field)).toEqual(['env', 'team']);
});

it.each([
  ['env:prod', ['env', 'prod']],
  ['canary', ['', 'canary']],
  ['url:http://x', ['url', 'http://x']],
])('splits %s', (tag, expected) => {
  expect(splitTag(tag)).toEqual(expected);
});

it.each([
  [0, 3_600_000, 60, 120_000],
  [0, 900_000, 100, 10_000],
  [0, 1, 100, 1000],
  [0, 86_400_000 * 4000, 100, 31_536_000_000],
])('slices from %d to %d', (from, to, max, step) => {
  const slices = slicesOf(from, to, max);
  expect(slices.step).toBe(step);
  expect(slices.count).toBeLessThanOrEqual(max);
  expect(slices.start + slices.count * slices.step).toBeGreaterThanOrEqual(to);
});

it('counts by slice and state', () => {
  const rows = histogram(ITEMS, { start: 0, step: 30_000, count: 3 }, (item) => item.at, (item) => item.status);
  expect([...rows]).toEqual([['error', [2, 0, 0]], ['info', [0, 0, 1]]]);
});
