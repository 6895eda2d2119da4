import { afterEach, describe, expect, it, vi } from 'vitest';

import { metricOf, timeseries } from './timeseries';

const answer = (attributes: unknown, errors?: string) =>
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ data: { attributes }, errors })));

afterEach(() => vi.unstubAllGlobals());

const QUERIES = [
  { name: 'a', query: 'avg:system.load.1{*} by {host}' },
  { name: 'b', query: 'sum:web.requests{*}' },
];
const ask = (formulas: string[]) => timeseries({ queries: QUERIES, formulas, from: 0, to: 100 });
const line = (tags: string[], index: number) => ({ group_tags: tags, query_index: index, unit: null });

describe('an answer', () => {
  it('names groups by their tags, lines by their text', async () => {
    answer({ series: [line(['host:x'], 0), line([], 1), line([], 2)], times: [0, 10], values: [[1, 2], [3, 4], [5, 6]] });
    const { series } = await ask(['a', 'b', 'b * 2']);
    expect(series.map(({ label }) => label)).toEqual(['a: host:x', 'b: sum:web.requests{*}', 'b * 2']);
    expect(series.map(({ metric }) => metric)).toEqual(['system.load.1', 'web.requests', undefined]);
    expect(new Set(series.map(({ id }) => id)).size).toBe(3);
  });

  it('breaks lines where nothing came', async () => {
    answer({ series: [line([], 0)], times: [0, 10, 20, 70, 80], values: [[1, 2, 3, 4, 5]] });
    const data = await ask(['a']);
    expect(data.interval).toBe(10);
    expect(data.times).toEqual([0, 10, 20, 30, 70, 80]);
    expect(data.series[0]?.values).toEqual([1, 2, 3, null, 4, 5]);
  });

  it('says what is missing', async () => {
    answer({ series: [], times: [], values: [] }, 'too many series');
    expect((await ask(['a'])).partial).toBe('too many series');
  });
});

it.each([
  ['avg:system.load.1{*} by {host}', 'system.load.1'],
  ['top(avg:a.b{x:y}, 5)', 'a.b'],
  ['system.load.1{*}', 'system.load.1'],
  ['a + b', undefined],
])('the metric of %s is %s', (query, metric) => {
  expect(metricOf(query)).toBe(metric);
});
