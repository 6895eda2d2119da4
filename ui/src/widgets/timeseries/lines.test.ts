import { describe, expect, it } from 'vitest';

import type { ChartData, ChartSeries } from '../../charts';
import { outside } from '../../charts/series-marks';
import { NO_VARIABLES } from '../../dashboards/variables';
import type { Bag } from '../query/json';
import { askedOf } from '../query/request';
import { chartOf, lookOf, notesOf } from './lines';
import { axisOf, markersOf } from './markers';
import { searchOf } from './use-events';
import { legendHeight } from './TimeseriesView';
import { nextHidden, partsOf, shortExpression, shortNames } from './WidgetLegend';

const series = (tags: string[], values: (number | null)[], more: Partial<ChartSeries> = {}): ChartSeries => ({ id: tags.join(), label: tags.join(), tags, color: 0, line: 0, values, ...more });
const source = (request: Bag, data?: ChartData) => ({ asked: askedOf(request, NO_VARIABLES), look: lookOf(request), part: { data, error: null } });
const A = { q: 'avg:a{*} by {host}' };

describe('the chart of several requests', () => {
  it('has the times of all and lies areas under lines', () => {
    const chart = chartOf(
      [
        source({ ...A, display_type: 'line' }, { times: [0, 20], interval: 20, series: [series(['host:a'], [1, 2])] }),
        source({ q: 'avg:b{*}', display_type: 'area', on_right_yaxis: true, metadata: [{ expression: 'avg:b{*}', alias_name: 'B' }] }, { times: [10, 20], interval: 10, series: [series([], [5, 6])] }),
      ],
      'dark',
    );
    expect(chart.times).toEqual([0, 10, 20]);
    expect(chart.interval).toBe(10);
    expect(chart.series.map(({ label, kind, isRight, values }) => [label, kind, isRight ?? false, values])).toEqual([
      ['B', 'area', true, [null, 5, 6]],
      ['avg:a{*} by {host}: host:a', 'line', false, [1, null, 2]],
    ]);
    expect(new Set(chart.series.map(({ id }) => id)).size).toBe(2);
  });

  it('is styled as the request says', () => {
    const request = { ...A, style: { palette: 'warm', line_type: 'dashed', line_width: 'thick', order_by: 'values' } };
    const chart = chartOf([source(request, { times: [0], interval: 1, series: [series(['host:a'], [9]), series(['host:b'], [1])] })], 'light');
    expect(chart.series.map(({ label, dash, width }) => [label, dash, width])).toEqual([['host:b', [8, 5], 3], ['host:a', [8, 5], 3]]);
    expect(new Set(chart.series.map(({ paint }) => paint)).size).toBe(2);
  });

  it('draws the past dashed', () => {
    const chart = chartOf([source({ q: 'avg:a{*}, week_before(avg:a{*})' }, { times: [0], interval: 1, series: [series([], [1]), series([], [2], { line: 1 })] })], 'dark');
    expect(chart.series.map(({ dash }) => dash !== undefined)).toEqual([false, true]);
  });

  it('goes on dashed where it is predicted', () => {
    const marks = { forecastFrom: 20, band: { lower: [null, null, 1, 1], upper: [null, null, 5, 5] }, note: 'Little history' };
    const chart = chartOf([source({ q: "forecast(avg:a{*}, 'linear', 1)" }, { times: [0, 10, 20, 30], interval: 10, series: [series([], [1, 2, 3, 4], { marks })] })], 'dark');
    expect(chart.series.map(({ values, follows, marks: own }) => [values, follows !== undefined, own?.band !== undefined])).toEqual([
      [[1, 2, null, null], false, false],
      [[null, 2, 3, 4], true, true],
    ]);
    expect(notesOf(chart)).toEqual(['Little history']);
  });

  it('brings out lines that are unlike the others', () => {
    const chart = chartOf([source(A, { times: [0], interval: 1, series: [series(['host:a'], [1], { marks: { isOutlier: true } }), series(['host:b'], [2])] })], 'dark');
    const [outlier, other] = chart.series;
    expect(outlier?.width).toBeGreaterThan(other?.width ?? 0);
    expect(outlier?.paint).not.toBe(other?.paint);
  });

  it('is empty without answers', () => {
    expect(chartOf([source(A)], 'dark')).toEqual({ times: [], interval: 60_000, series: [] });
    expect(chartOf([], 'dark').series).toEqual([]);
  });
});

it.each([
  ['y = 80', 'error dashed', { value: 80, state: 'alert', line: 'dashed' }],
  ['y > 5', 'warning solid', { value: 5, to: Infinity, state: 'warn', line: 'solid' }],
  ['y <= -0.5', 'ok bold', { value: -0.5, to: -Infinity, state: 'ok', line: 'bold' }],
  ['0 < y < 10', 'info', { value: 0, to: 10, state: 'accent', line: 'dashed' }],
])('the marker %s, %s', (value, display_type, marker) => {
  expect(markersOf([{ value, display_type }])).toEqual([marker]);
});

it('leaves out markers that cannot be read', () => {
  expect(markersOf([{ value: 'x > 3' }, {}, null, { value: 'y = now' }])).toEqual([]);
  expect(markersOf(null)).toEqual([]);
});

it.each([
  [{ min: 'auto', max: '100', scale: 'log', include_zero: false }, { min: undefined, max: 100, scale: 'log', includesZero: false }],
  [{ min: 0, scale: 'other' }, { min: 0, max: undefined, scale: undefined, includesZero: true }],
  [null, { min: undefined, max: undefined, scale: undefined, includesZero: true }],
])('the axis %j', (raw, axis) => expect(axisOf(raw)).toEqual(axis));

it.each([
  [[1, 9, 9, 1], [[0, 1, 2, 3]]],
  [[9, 1, null, 9], [[0, 1], [3]]],
  [[1, 2, 3, 4], []],
])('points outside of %j', (values, runs) => {
  expect(outside(values, { lower: [0, 0, 0, 0], upper: [5, 5, 5, 5] })).toEqual(runs);
});

it.each([
  ['tags:deploy,env:prod', 'deploy env:prod'],
  ['sources:chef status:error', 'source:chef status:error'],
  [' ', '*'],
])('the search of events %s', (q, search) => expect(searchOf(q)).toBe(search));

it('shows one alone, and all again', () => {
  const alone = nextHidden(['a', 'b', 'c'], new Set(), 'b', false);
  expect([...alone]).toEqual(['a', 'c']);
  expect(nextHidden(['a', 'b', 'c'], alone, 'b', false).size).toBe(0);
  expect([...nextHidden(['a', 'b', 'c'], new Set(['a']), 'b', true)]).toEqual(['a', 'b']);
});

it('shortens names where all lines are groups of the same keys', () => {
  const pair = [series(['host:a', 'env:prod'], []), series(['host:b', 'env:'], [])].map((one) => ({ ...one, label: one.tags.join(', ') }));
  expect([...(shortNames(pair)?.values() ?? [])]).toEqual(['a, prod', 'b, N/A']);
  expect(shortNames([...pair, series(['host:c'], [])])).toBeUndefined();
  expect(shortNames([series([], [], { label: 'avg:x{*}' })])).toBeUndefined();
  expect(shortNames([])).toBeUndefined();
});

it.each([
  ['4', 400, 90],
  ['16', 200, 120],
  ['0', 400, undefined],
  ['auto', 400, undefined],
  [undefined, 400, undefined],
])('a legend of size %s in %d pixels has %s', (size, height, most) => expect(legendHeight(size, height)).toBe(most));

it('reads what a request says of its labels', () => {
  expect(lookOf({ display_type: 'bars', style: { has_value_labels: true } }).hasLabels).toBe(true);
  expect(lookOf({ style: {} }).hasLabels).toBeUndefined();
  expect(axisOf({ label: ' req/s ', scale: 'log' }).label).toBe('req/s');
});

it.each([
  ['sum:shop.requests{*}.as_count()', 'requests'],
  ['top(diff(avg:es.search.query.count{*} by {host}), 5, "max", "desc")', 'query.count'],
  ['avg:load{*}', 'load'],
  ['Errors', 'Errors'],
  ['a / b', 'a / b'],
])('%s is %s in short', (name, short) => expect(shortExpression(name)).toBe(short));

it('tells what is measured from whose it is', () => {
  const of = (name: string, tag: string) => ({ ...series([tag], []), id: `${name} ${tag}`, label: `${name}: ${tag}` });
  expect([...partsOf([of('sum:shop.requests{*}', 'service:web'), of('Errors', 'service:web'), series(['service:db'], [])]).values()]).toEqual([['requests', 'web'], ['Errors', 'web']]);
  expect([...partsOf([of('sum:a.requests{*}', 'x:1'), of('max:a.requests{*}', 'x:1')]).values()].map(([what]) => what)).toEqual(['sum:a.requests{*}', 'max:a.requests{*}']);
});
