/** What the drawings of single kinds are computed from. */
import { describe, expect, it } from 'vitest';

import { NO_VARIABLES } from '../dashboards/variables';
import { changeLook, changesOf, withPast } from './change/change';
import { beyondNote, binOf, binsOf, closestLine, columnAt, densityOfHistogram, densityOfLines } from './heatmap/density';
import { columnWidth, countingAxis, densityRequest } from './heatmap/request';
import { axisFor, niceTicks } from './parts/ticks';
import { askedOf } from './query/request';
import { textFormats } from './query-table/table';
import { comparisonOf, verdictOf } from './query-value/comparison';
import { fontSize } from './query-value/fit';
import { pointsOf, scatterRequest } from './scatterplot/points';
import { highest } from './split-group/shared';
import { narrowedDefinition, splitLook } from './split-group/split';
import { arcPath, arcsOf } from './sunburst/arcs';
import { share } from './toplist/toplist';
import { squarify } from './treemap/squarify';

describe('a treemap', () => {
  const rect = { x: 10, y: 20, width: 600, height: 400 };
  const values = [6, 6, 4, 3, 2, 2, 1];

  it('gives each its area, within the box and without overlap', () => {
    const rects = squarify(values, rect);
    const unit = (rect.width * rect.height) / 24;
    for (const [at, { x, y, width, height }] of rects.entries()) {
      expect(width * height).toBeCloseTo((values[at] ?? 0) * unit, 3);
      expect(x).toBeGreaterThanOrEqual(10);
      expect(x + width).toBeLessThanOrEqual(610.001);
      expect(y + height).toBeLessThanOrEqual(420.001);
      for (const other of rects.slice(0, at)) {
        const isApart = other.x + other.width <= x + 0.001 || x + width <= other.x + 0.001 || other.y + other.height <= y + 0.001 || y + height <= other.y + 0.001;
        expect(isApart).toBe(true);
      }
    }
  });

  it('is as square as can be', () => {
    const worst = Math.max(...squarify(values, rect).map(({ width, height }) => Math.max(width / height, height / width)));
    expect(worst).toBeLessThan(3);
  });

  it.each([[[]], [[0]]])('of %j has no area', (none) => {
    expect(squarify(none, rect).every(({ width }) => width === 0)).toBe(true);
  });
});

describe('a sunburst', () => {
  const leaf = (id: string, value: number) => ({ id, name: id, tags: [], value, children: [] });
  const tree = { id: '', name: '', tags: [], value: 4, children: [{ ...leaf('a', 3), children: [leaf('a1', 2), leaf('a2', 1)] }, leaf('b', 1)] };

  it('turns by shares, children within their parent', () => {
    expect(arcsOf(tree).map(({ node, depth, from, to, root }) => [node.id, depth, from, to, root])).toEqual([
      ['a', 0, 0, 0.75, 0],
      ['a1', 1, 0, 0.5, 0],
      ['a2', 1, 0.5, 0.75, 0],
      ['b', 0, 0.75, 1, 1],
    ]);
  });

  it('draws a full turn', () => expect(arcPath(0, 1, 10, 20)).toContain('A20 20 0 1 1'));
});

describe('a density', () => {
  it('has bins between its values', () => {
    const bins = binsOf([0, 10], { isLog: false, count: 5 });
    expect(bins.edges).toEqual([0, 2, 4, 6, 8, 10]);
    expect([0, 1.9, 2, 10, 11, -1, NaN].map((value) => binOf(bins, value))).toEqual([0, 0, 1, 4, -1, -1, -1]);
  });

  it('has log bins', () => {
    const bins = binsOf([1, 0, 100], { isLog: true, count: 2 });
    expect(bins.edges[1]).toBeCloseTo(10);
    expect(binOf(bins, 50)).toBe(1);
  });

  it('counts lines', () => {
    const series = [[1, 1], [1, 9], [null, 9]].map((values, at) => ({ id: String(at), label: '', tags: [], color: 0, values }));
    const density = densityOfLines({ times: [0, 1], interval: 1, series }, { isLog: false, bins: 2 });
    expect(density.cells).toEqual([[2, 0], [1, 2]]);
    expect(density.most).toBe(2);
  });

  it('takes counts as they are', () => {
    const columns = [{ counts: [1, 7], below: 0, above: 2 }];
    const counted = { edges: [0, 5, 10], times: [60], interval: 30, columns, total: { counts: [1, 7], below: 0, above: 2 }, count: 10, min: 1, max: 99, percentiles: [], unit: null };
    const density = densityOfHistogram(counted, false);
    expect([density.cells, density.most, density.beyond?.[0]?.above]).toEqual([[[1, 7]], 7, 2]);
    expect(beyondNote(counted, String)).toEqual(['Beyond the axis: 20.0% above, up to 99']);
    expect(beyondNote({ ...counted, total: { counts: [], below: 1, above: 0 }, count: 9999 }, String)).toEqual(['Beyond the axis: under 0.1% below, down to 1']);
    expect(beyondNote({ ...counted, total: { counts: [10], below: 0, above: 0 } }, String)).toEqual([]);
  });

  it('has the column that covers a time', () => {
    const density = { times: [0, 10, 40], interval: 10 };
    expect([-1, 0, 9, 10, 19, 20, 39, 40, 49, 50].map((time) => columnAt(density, time))).toEqual([-1, 0, 0, 1, 1, -1, -1, 2, 2, -1]);
  });

  it('knows the line in a cell that is closest', () => {
    const series = [[1], [1.9], [3], [null]].map((values, at) => ({ id: String(at), label: String(at), tags: [], color: 0, values }));
    const bins = { edges: [0, 2, 4], isLog: false };
    const data = { times: [0], interval: 1, series };
    expect([0.5, 1.6, 2, 5].map((value) => closestLine(data, bins, 0, value)?.series.id)).toEqual(['0', '1', '2', undefined]);
  });

  it.each([
    [{ request_type: 'histogram', query: { data_source: 'metrics', name: 'a', query: 'histogram:d{*}' } }, 'histogram:d{*}', 1],
    [{ request_type: 'histogram', query: { data_source: 'metrics', name: 'a', query: ' avg:d{*} by {host}' } }, 'avg:d{*} by {host}', 1],
    [{ q: 'histogram:d{*}' }, 'histogram:d{*}', 1],
    [{ q: 'avg:a{*} by {host}' }, undefined, 1],
    [{ request_type: 'histogram', query: { data_source: 'logs' } }, undefined, 0],
  ])('the request %j', (request, spreadOf, count) => {
    const made = densityRequest(request, NO_VARIABLES);
    expect([made.spreadOf, made.asked.queries.length]).toEqual([spreadOf, count]);
  });

  it('has columns of round widths', () => {
    expect([[3600, 90], [14_400, 90], [86_400, 90], [604_800, 90], [60, 1e9], [4e8, 90]].map(([secs = 0, count = 0]) => columnWidth(secs * 1000, count) / 1000)).toEqual([60, 300, 1200, 7200, 1, 4_492_800]);
  });

  it('does not ask for an axis that ends before it begins', () => {
    expect(countingAxis({ min: 5, max: 5, scale: 'log' }, 9)).toEqual({ isLog: true, buckets: 9, includesZero: false });
    expect(countingAxis({ min: 5, max: 6, includesZero: true }, 9)).toEqual({ isLog: false, buckets: 9, includesZero: true, min: 5, max: 6 });
  });
});

describe('change', () => {
  it.each([
    [{ q: 'avg:a{*}', compare_to: 'week_before' }, ['week_before(avg:a{*})', 'avg:a{*}'], ['q0_past', 'q0']],
    [{ queries: [{ name: 'x', query: 'avg:a{*}' }], formulas: [{ formula: 'x' }, { formula: 'day_before(x)' }] }, ['avg:a{*}'], ['day_before(x)', 'x']],
    [{ queries: [{ name: 'x', query: 'avg:a{*}' }], formulas: [{ formula: 'x * 2' }] }, ['hour_before(avg:a{*})', 'avg:a{*}'], ['x_past * 2', 'x * 2']],
  ])('%j asks for the past first', (request, queries, formulas) => {
    const asked = withPast(askedOf(request, NO_VARIABLES), request);
    expect(asked.queries.map(({ query }) => query)).toEqual(queries);
    expect(asked.formulas.map(({ formula }) => formula)).toEqual(formulas);
  });

  const rows = [['a', 10, 15], ['b', 0, 3], ['c', 8, 4], ['d', null, 4]].map(([id, past, present]) => ({ id: String(id), tags: [], values: [past as number | null, present as number | null] }));
  it.each([
    [{ order_by: 'change', order_dir: 'desc' }, ['a', 'b', 'c', 'd']],
    [{ order_by: 'change', order_dir: 'asc', change_type: 'relative' }, ['c', 'a', 'b', 'd']],
    [{ order_by: 'name', order_dir: 'desc' }, ['d', 'c', 'b', 'a']],
    [{ order_by: 'past', order_dir: 'asc' }, ['b', 'c', 'a', 'd']],
  ])('goes by %j', (request, ids) => {
    expect(changesOf(rows, changeLook(request)).map(({ row }) => row.id)).toEqual(ids);
  });
});

describe('a scatter plot', () => {
  it.each([
    [{ x: { q: 'avg:a{*} by {host}' }, y: { q: 'avg:b{*} by {host}', aggregator: 'max' } }, ['x', 'y']],
    [{ table: { queries: [{ name: 'a', query: 'avg:a{*}' }, { name: 'b', query: 'avg:b{*}' }], formulas: [{ formula: 'b', dimension: 'y' }, { formula: 'a', dimension: 'x' }] } }, ['y', 'x']],
    [null, []],
  ])('of %j', (requests, dimensions) => {
    expect(scatterRequest(requests, NO_VARIABLES).dimensions).toEqual(dimensions);
  });

  it('leaves out groups that lack a value', () => {
    const rows = [{ id: 'host:a,env:p', tags: ['host:a', 'env:p'], values: [1, 2] }, { id: 'host:b', tags: ['host:b'], values: [1, null] }];
    expect(pointsOf({ rows, columns: [], keys: [] }, ['x', 'y'], ['env'])).toEqual([{ id: 'host:a,env:p', name: 'a, p', tags: ['host:a', 'env:p'], x: 1, y: 2, size: undefined, group: 'p' }]);
  });
});

describe('a split graph', () => {
  const definition = {
    type: 'split_group',
    source_widget_definition: { type: 'timeseries', requests: [{ queries: [{ data_source: 'metrics', name: 'a', query: 'sum:m{env:prod} by {code}' }], q: 'avg:n{*}' }] },
    split_config: { split_dimensions: [{ one_graph_per: 'service' }], limit: 5, sort: { order: 'asc', compute: { metric: 'm', aggregation: 'sum' } } },
  };
  it('finds its values', () => {
    expect(splitLook(definition)).toMatchObject({ keys: ['service'], limit: 5, isDown: false, aggregator: 'sum' });
    expect(splitLook({ ...definition, source_widget_definition: { type: 'timeseries', requests: [{ q: 'avg:m{env:prod}' }] } }).query).toBe('sum:m{env:prod} by {service}');
    expect(splitLook({ type: 'split_group' })).toMatchObject({ keys: [], query: undefined });
  });
  it('has values of its own', () => {
    const fixed = { ...definition, split_config: { split_dimensions: [{ one_graph_per: 'service' }], static_splits: [[{ tag_key: 'service', tag_values: ['web'] }]] } };
    expect(splitLook(fixed).static).toEqual([{ tags: ['service:web'] }]);
  });
  it('narrows each query', () => {
    const inner = narrowedDefinition(definition.source_widget_definition, { tags: ['service:web'] }, 'web');
    expect(inner).toEqual({ type: 'timeseries', title: 'web', requests: [{ queries: [{ data_source: 'metrics', name: 'a', query: 'sum:m{env:prod,service:web} by {code}' }], q: 'avg:n{service:web}' }] });
  });
  it('reaches as far as its stacks', () => {
    const series = [{ kind: 'bars', values: [1, 2] }, { kind: 'bars', values: [3, null] }, { kind: 'line', values: [2, 3] }].map((one, at) => ({ id: String(at), label: '', tags: [], color: 0, ...one }) as never);
    expect(highest({ times: [0, 1], interval: 1, series })).toBe(4);
  });
});

it.each([
  [0, 100, 5, [0, 20, 40, 60, 80, 100]],
  [0, 0.3, 3, [0, 0.1, 0.2, 0.3]],
  [-7, 7, 3, [-5, 0, 5]],
])('round numbers between %s and %s', (low, high, wanted, ticks) => expect(niceTicks(low, high, wanted)).toEqual(ticks));

it.each([
  [[5, 9], {}, 0],
  [[5, 9], { includesZero: false }, 4.8],
  [[5, 9], { min: 2 }, 2],
  [[], {}, 0],
])('the axis of %j with %j begins at %s', (values, look, low) => expect(axisFor(values, look, null, 4).low).toBeCloseTo(low));

it('has log axes', () => {
  const axis = axisFor([1, 1000, 0], { scale: 'log' }, null, 4);
  expect(axis.ticks).toEqual([1, 10, 100, 1000]);
  expect(axis.place(31.6)).toBeCloseTo(0.5, 1);
});

it.each([
  [50, 100, 50],
  [-50, 100, 50],
  [null, 100, 0],
  [1, 0, 0],
])('the share of %s', (value, most, percent) => expect(share(value, most)).toBe(percent));

it('fits a number into its box', () => {
  expect(fontSize('12.3k', 200, 120)).toBeLessThan(fontSize('12.3k', 600, 400));
  expect(fontSize('123,456,789', 200, 400)).toBeLessThan(fontSize('12', 200, 400));
  expect(fontSize('1', 0, 0)).toBeGreaterThan(0);
});

it('rewrites cells by their text', () => {
  const formats = textFormats([{ text_formats: [[{ match: { type: 'is', value: 'ok' }, replace: { type: 'all', with: 'Fine' }, palette: 'white_on_green' }, { match: { type: 'contains', value: 'rr' }, replace: { type: 'substring', substring: 'rr', with: 'RR' } }], null] }]);
  expect(formats(0, 'ok')).toEqual({ text: 'Fine', look: { background: 'var(--solid-green)', color: 'var(--on-solid)' } });
  expect(formats(0, 'error').text).toBe('eRRor');
  expect(formats(1, 'ok')).toEqual({ text: 'ok', look: {} });
});

it.each([
  [{ duration: { type: 'previous_timeframe' } }, { from: -100, to: 0 }],
  [{ duration: { type: 'previous_day' } }, { from: -86_400_000, to: 100 - 86_400_000 }],
  [{ duration: { type: 'custom_timeframe', custom_timeframe: { from: 10, to: 20 } } }, { from: 10_000, to: 20_000 }],
  [{ duration: { type: 'custom_timeframe', custom_timeframe: { from: 20, to: 10 } } }, undefined],
  [{ duration: null }, undefined],
  [undefined, undefined],
])('compares %j', (comparison, range) => expect(comparisonOf(comparison, { from: 0, to: 100 })?.range).toEqual(range));

it.each([
  [1, 'increase_better', 'ok'],
  [1, 'decrease_better', 'alert'],
  [-1, 'decrease_better', 'ok'],
  [-1, 'neutral', undefined],
  [0, 'increase_better', undefined],
] as const)('a change of %s is judged where %s', (change, better, verdict) => expect(verdictOf(change, better)).toBe(verdict));
