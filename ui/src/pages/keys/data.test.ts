import { expect, it } from 'vitest';

import { rowsOf } from './data';

it('reads keys with who made them', () => {
  const created = '2026-11-21T11:20:44.539000+00:00';
  const answer = {
    data: [
      { id: 'k1', type: 'api_keys', attributes: { name: 'web', last4: '4bc0', created_at: created, date_last_used: null }, relationships: { created_by: { data: { id: 'u1' } } } },
      { id: 'k2', type: 'api_keys', attributes: { name: 'old', last4: '0000', created_at: 'broken', date_last_used: created }, relationships: { created_by: { data: null } } },
    ],
    included: [{ id: 'u1', type: 'users', attributes: { email: 'a@b.c', handle: 'a' } }],
  };
  const at = Date.parse(created);
  expect(rowsOf('api', answer)).toEqual([
    { id: 'k1', name: 'web', last4: '4bc0', created: at, modified: undefined, lastUsed: undefined, owner: 'a@b.c', scopes: null },
    { id: 'k2', name: 'old', last4: '0000', created: 0, modified: undefined, lastUsed: at, owner: '', scopes: null },
  ]);
});

it('reads scopes', () => {
  const row = (scopes: unknown) => rowsOf('application', { data: [{ id: 'k', type: 'x', attributes: { scopes } }] })[0]?.scopes;
  expect(row(null)).toBeNull();
  expect(row(['metrics_read', 3])).toEqual(['metrics_read']);
});
