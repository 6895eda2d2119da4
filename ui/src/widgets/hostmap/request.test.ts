import { expect, it } from 'vitest';

import { mapRequest } from './request';

const variables = { declared: [{ name: 'scope', prefix: 'env' }], values: { scope: ['prod'] } };
const read = (definition: object) => mapRequest({ type: 'hostmap', ...definition }, variables);

it('reads the usual form', () => {
  const map = read({
    requests: { fill: { q: 'avg:a{$scope} by {host}' }, size: { q: 'max:b{*} by {host}' } },
    group: ['env'], scope: ['$scope'], no_metric_hosts: false, no_group_hosts: true,
    style: { palette: 'YlOrRd', palette_flip: true, fill_min: '0', fill_max: '100' },
  });
  expect(map.fill.queries.map(({ query }) => query)).toEqual(['avg:a{env:prod} by {host}']);
  expect(map.size.formulas).toHaveLength(1);
  expect(map).toMatchObject({ groups: ['env'], scope: ['env:prod'], withoutMetric: false, withoutGroup: true, palette: 'YlOrRd', isFlipped: true, min: 0, max: 100, nodeType: 'host' });
});

it('reads enrichments', () => {
  const metric = { data_source: 'metrics', name: 'query1', query: 'avg:a{*} by {host}' };
  const map = read({
    requests: {
      request_type: 'infrastructure_hostmap', node_type: 'host', group_by: [{ column: 'env' }], filter: 'role:db -env:dev',
      enrichments: [{ response_format: 'scalar', queries: [metric], formulas: [{ formula: 'query1', dimension: 'node' }, { formula: 'query1 * 2', dimension: 'fill' }] }],
    },
  });
  expect(map.fill.formulas.map(({ formula }) => formula)).toEqual(['query1 * 2']);
  expect(map).toMatchObject({ groups: ['env'], scope: ['role:db', '-env:dev'] });
  expect(map.size.formulas).toEqual([]);
});

it('bears odd ones', () => {
  for (const definition of [{}, { requests: null }, { requests: { fill: null }, style: 3, group: null, scope: 'x' }]) expect(read(definition).fill.formulas).toEqual([]);
});
