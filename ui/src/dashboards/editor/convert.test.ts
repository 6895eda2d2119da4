import { describe, expect, it } from 'vitest';

import { alikeOf, converted } from './convert';

const LINE = {
  type: 'timeseries',
  title: 'CPU',
  time: { live_span: '1h' },
  show_legend: true,
  requests: [
    { response_format: 'timeseries', queries: [{ data_source: 'metrics', name: 'query1', query: 'avg:a{*} by {host}' }], formulas: [{ formula: 'query1', alias: 'x' }], display_type: 'area', style: { palette: 'warm' } },
    { q: 'avg:b{*}', display_type: 'line' },
  ],
};

describe('the same queries as another kind', () => {
  it('a number of a line', () => {
    const next = converted(LINE, 'query_value');
    expect(next).toMatchObject({ type: 'query_value', title: 'CPU', time: { live_span: '1h' } });
    expect(next['requests']).toEqual([
      { response_format: 'scalar', queries: [{ data_source: 'metrics', name: 'query1', query: 'avg:a{*} by {host}', aggregator: 'avg' }], formulas: [{ formula: 'query1', alias: 'x' }] },
    ]);
    expect('show_legend' in next).toBe(false);
  });

  it('and back', () => {
    const back = converted(converted(LINE, 'toplist'), 'timeseries');
    expect(back['requests']).toEqual([
      { ...LINE.requests[0], display_type: 'line', style: { palette: 'dog_classic', line_type: 'solid', line_width: 'normal' } },
    ]);
  });

  it('keeps the older form', () => {
    const next = converted({ ...LINE, requests: [LINE.requests[1]] }, 'query_value');
    expect(next['requests']).toEqual([{ q: 'avg:b{*}' }]);
  });

  it('is for kinds with queries only', () => {
    expect(alikeOf('note')).toEqual([]);
    expect(converted({ type: 'note', content: 'x' }, 'note')).toEqual({ type: 'note', content: 'x' });
  });
});
