import { expect, it } from 'vitest';

import type { Dashboard } from '../../dashboards/model';
import { limitedTo, publicDoor, timeOf } from './shared';

const dashboard = { id: 'x', title: 'x', layout_type: 'ordered', widgets: [], template_variables: [{ name: 'env', prefix: 'env' }, { name: 'host', prefix: 'host' }] } as Dashboard;

it('lets a visitor choose what is shared', () => {
  expect(limitedTo({ dashboard, settings: { selectable_template_vars: [{ name: 'env', visible_tags: ['dev', 'prod'], default_values: ['dev'] }] } })).toEqual([
    { name: 'env', prefix: 'env', available_values: ['dev', 'prod'], defaults: ['dev'] },
  ]);
  expect(limitedTo({ dashboard, settings: {} })).toEqual([]);
});

it.each([
  ['4h', '4h'],
  ['1mo', '30d'],
  ['alert', undefined],
])('the time %s is %s', (live_span, expected) => {
  expect(timeOf({ dashboard, settings: { global_time: { live_span } } }).selection).toBe(expected);
});

it('asks by the token, with the values', () => {
  const { door, setValues } = publicDoor('to/ken', { invite: 'secret' });
  setValues({ env: ['dev'] });
  expect(door('/api/v2/query/scalar', { body: { data: 1 } })).toEqual({
    path: '/api/procyon/public/to%2Fken/query/scalar',
    options: { body: { data: 1, variables: { env: ['dev'] } }, query: { invite: 'secret' } },
  });
  expect(door('/api/v1/search', {})).toEqual({ path: '/api/v1/search', options: {} });
});
