import { describe, expect, it } from 'vitest';

import * as requests from './requests';

const two = (rest: object = {}) => ({
  response_format: 'timeseries',
  queries: [
    { data_source: 'metrics', name: 'query1', query: 'avg:a{*}', kept: 1 },
    { data_source: 'logs', name: 'query2', search: { query: 'status:error' } },
  ],
  display_type: 'line',
  ...rest,
});

describe('the form of a request', () => {
  it.each([
    [two(), 'formulas'],
    [{ q: 'avg:a{*}' }, 'text'],
    [{ request_type: 'histogram', query: { data_source: 'metrics', query: 'avg:a{*}' } }, 'histogram'],
    [{ query: { data_source: 'logs_stream', query_string: '' } }, 'other'],
    [{ log_query: { index: '*' } }, 'other'],
    [{}, 'formulas'],
    [{ queries: null, q: null }, 'formulas'],
  ])('%j', (request, form) => expect(requests.formOf(request as never)).toBe(form));
});

describe('queries and formulas', () => {
  it('reads texts of any source', () => {
    expect(requests.queriesOf(two()).map(({ source, text }) => [source, text])).toEqual([
      ['metrics', 'avg:a{*}'],
      ['logs', 'status:error'],
    ]);
  });

  it('draws each query where nothing is said', () => {
    expect(requests.formulasOf(two()).map(({ formula }) => formula)).toEqual(['query1', 'query2']);
    expect(requests.formulasOf(two({ formulas: [{ formula: 'query1 / query2', alias: 'share' }] }))).toEqual([{ formula: 'query1 / query2', alias: 'share' }]);
  });

  it('changes one and leaves what it does not know', () => {
    const next = requests.setQuery(two(), 0, { query: 'max:b{*}' });
    expect(next).toEqual(two({ queries: [{ ...two().queries[0], query: 'max:b{*}' }, two().queries[1]] }));
  });

  it('adds, duplicates and removes', () => {
    const added = requests.addQuery(two(), 'scalar');
    expect(requests.namesOf(added)).toEqual(['query1', 'query2', 'query3']);
    expect(requests.formulasOf(added).map(({ formula }) => formula)).toEqual(['query1', 'query2', 'query3']);
    const copied = requests.duplicateQuery(two(), 0);
    expect(requests.queriesOf(copied).map(({ name, text }) => [name, text])).toEqual([
      ['query1', 'avg:a{*}'],
      ['query3', 'avg:a{*}'],
      ['query2', 'status:error'],
    ]);
    const removed = requests.removeQuery(two({ formulas: [{ formula: 'query1' }, { formula: 'query1 * 2' }, { formula: 'query2' }] }), 0);
    expect(requests.formulasOf(removed).map(({ formula }) => formula)).toEqual(['query1 * 2', 'query2']);
  });

  it('begins an empty request', () => {
    expect(requests.addQuery({}, 'scalar')).toEqual({
      response_format: 'scalar',
      queries: [{ data_source: 'metrics', name: 'query1', query: 'avg:system.cpu.user{*}', aggregator: 'avg' }],
      formulas: [{ formula: 'query1' }],
    });
  });

  it('shows and hides a query', () => {
    const hidden = requests.toggleDrawn(two(), 'query1');
    expect(requests.drawnAt(hidden, 'query1')).toBe(-1);
    expect(requests.drawnAt(requests.toggleDrawn(hidden, 'query1'), 'query1')).toBe(1);
  });

  it('a formula takes the place of what it calculates with', () => {
    expect(requests.formulasOf(requests.addFormula(two())).map(({ formula }) => formula)).toEqual(['query1 / query2']);
  });

  it('takes away what is undefined', () => {
    const named = requests.setFormula(two(), 0, { alias: 'x' });
    expect(requests.formulasOf(named)[0]?.alias).toBe('x');
    expect(requests.setFormula(named, 0, { alias: undefined })['formulas']).toEqual([{ formula: 'query1' }, { formula: 'query2' }]);
  });

  it('moves', () => {
    expect(requests.namesOf(requests.moveQuery(two(), 0, 1))).toEqual(['query2', 'query1']);
    expect(requests.namesOf(requests.moveQuery(two(), 0, -1))).toEqual(['query1', 'query2']);
    expect(requests.formulasOf(requests.moveFormula(two(), 1, -1)).map(({ formula }) => formula)).toEqual(['query2', 'query1']);
  });

  it('compares to the past', () => {
    const past = requests.compared(two({ formulas: [{ formula: 'query1', alias: 'load' }] }), 604800, 'week before');
    expect(past?.['formulas']).toEqual([{ formula: 'timeshift(query1, -604800)', alias: 'load (week before)' }]);
    expect(past?.['style']).toEqual({ line_type: 'dashed' });
    expect(requests.compared({ q: 'avg:a{*}' }, 60, 'x')?.['q']).toBe('timeshift(avg:a{*}, -60)');
    expect(requests.compared({ log_query: {} }, 60, 'x')).toBeUndefined();
  });
});
