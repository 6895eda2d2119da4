import { describe, expect, it } from 'vitest';

import { NO_VARIABLES, type Variables } from '../../dashboards/variables';
import { inWords, isShifted, namesIn, narrowed, splitTop } from './expressions';
import { askedOf } from './request';

const variables: Variables = { declared: [{ name: 'env', prefix: 'env' }, { name: 'host', prefix: 'host' }], values: { env: ['prod'] } };

it.each([
  ['avg:a{x,y} by {h}, sum:b{*}', ['avg:a{x,y} by {h}', 'sum:b{*}']],
  ["top(avg:a{*} by {h}, 10, 'mean', 'desc')", ["top(avg:a{*} by {h}, 10, 'mean', 'desc')"]],
  ["anomalies(avg:a{*}, 'basic,x', 2),avg:b{*}", ["anomalies(avg:a{*}, 'basic,x', 2)", 'avg:b{*}']],
  [' , avg:a{*}, ', ['avg:a{*}']],
  ['avg:a{*}) , b', ['avg:a{*})', 'b']],
])('%s is so many expressions', (text, parts) => {
  expect(splitTop(text)).toEqual(parts);
});

it.each([
  ['query1 / query2 * 100', ['query1', 'query2']],
  ["anomalies(query1, 'agile', 2)", ['query1']],
  ['per_minute(a) + top (b, 3)', ['a', 'b']],
])('the names in %s', (formula, names) => {
  expect(namesIn(formula)).toEqual(names);
});

it('writes formulas in words', () => {
  expect(inWords('per_minute(a) / b', (name) => ({ a: 'sum:x{*}', b: 'sum:y{*}' })[name])).toBe('per_minute(sum:x{*}) / sum:y{*}');
});

it.each([
  ['week_before(avg:a{*})', true],
  ['timeshift(avg:a{*}, -3600)', true],
  ["calendar_shift(avg:a{*}, '-1d', 'UTC')", true],
  ['avg:hour_before.count{*}', false],
])('%s draws the past: %s', (text, is) => {
  expect(isShifted(text)).toBe(is);
});

it.each([
  ['avg:a{*} by {host}', 'avg:a{service:web} by {host}'],
  ['avg:a{} by {host}', 'avg:a{service:web} by {host}'],
  ['avg:a{env:prod}.as_count() / avg:b{*}', 'avg:a{env:prod,service:web}.as_count() / avg:b{service:web}'],
  ['avg:a{env:prod OR env:dev}', 'avg:a{(env:prod OR env:dev) AND service:web}'],
])('%s is narrowed', (query, narrower) => {
  expect(narrowed(query, 'service:web')).toBe(narrower);
});

describe('a request', () => {
  it('of today', () => {
    const asked = askedOf(
      {
        queries: [{ data_source: 'metrics', name: 'query1', query: 'sum:a{$env,$host}.as_count()', aggregator: 'sum' }],
        formulas: [{ formula: 'query1 * 2', alias: 'Twice', limit: { count: 5, order: 'asc' }, style: { palette: 'cool', palette_index: 3 }, cell_display_mode: 'bar' }],
      },
      variables,
    );
    expect(asked.queries).toEqual([{ name: 'query1', query: 'sum:a{env:prod,*}.as_count()', aggregator: 'sum' }]);
    expect(asked.formulas).toEqual([
      expect.objectContaining({ formula: 'query1 * 2', alias: 'Twice', label: 'sum:a{env:prod,*}.as_count() * 2', limit: { count: 5, order: 'asc' }, palette: 'cool', paletteIndex: 3, cell: 'bar' }),
    ]);
    expect(asked.waits).toEqual([]);
  });

  it('without formulas draws each query', () => {
    const asked = askedOf({ queries: [{ data_source: 'metrics', name: 'a', query: 'avg:x{*}' }, { data_source: 'metrics', query: 'avg:y{*}' }], formulas: [] }, NO_VARIABLES);
    expect(asked.formulas.map(({ formula }) => formula)).toEqual(['a', 'query2']);
  });

  it('of the old form', () => {
    const asked = askedOf({ q: 'avg:x{$env},  avg:y{*} / avg:z{*}', aggregator: 'last', metadata: [{ expression: 'avg:y{*}/avg:z{*}', alias_name: 'Share' }] }, variables);
    expect(asked.queries.map(({ query, aggregator }) => [query, aggregator])).toEqual([['avg:x{env:prod}', 'last'], ['avg:y{*} / avg:z{*}', 'last']]);
    expect(asked.formulas.map(({ alias, label }) => alias ?? label)).toEqual(['avg:x{env:prod}', 'Share']);
  });

  it('of other sources waits, and draws what can be drawn', () => {
    const asked = askedOf(
      {
        queries: [{ data_source: 'logs', name: 'a', search: {} }, { data_source: 'metrics', name: 'b', query: 'avg:x{*}' }, { data_source: 'rum', name: 'c' }],
        formulas: [{ formula: 'a / b' }, { formula: 'b' }],
      },
      NO_VARIABLES,
    );
    expect(asked.waits).toEqual(['logs']);
    expect(asked.formulas.map(({ formula }) => formula)).toEqual(['b']);
    expect(asked.queries.map(({ name }) => name)).toEqual(['b']);
  });

  it.each([
    [{ log_query: { index: '*' } }, ['logs']],
    [{ apm_query: { index: 'x' }, log_query: null }, ['traces']],
    [{}, []],
    [{ queries: null, formulas: null, q: null, metadata: null }, []],
    [{ queries: [null, 7, {}] }, []],
    [{ q: 17 }, []],
  ])('odd ones: %j', (request, waits) => {
    const asked = askedOf(request, NO_VARIABLES);
    expect(asked.waits).toEqual(waits);
    expect(askedOf({ ...request, style: null, sort: 3 }, NO_VARIABLES).waits).toEqual(waits);
  });
});
