import { expect, it } from 'vitest';

import type { Dashboard } from './model';
import { readOnlyReason, type Person } from './permission';

const ME: Person = { handle: 'me@x', permissions: ['dashboards_write'], roles: ['r1'] };

it.each([
  ['anybody’s', {}, ME, false, true],
  ['a preset', {}, ME, true, false],
  ['without the permission', {}, { ...ME, permissions: [] }, false, false],
  ['read only, of another', { is_read_only: true, author_handle: 'other@x' }, ME, false, false],
  ['read only, of mine', { is_read_only: true, author_handle: 'me@x' }, ME, false, true],
  ['read only, who manages access', { is_read_only: true }, { ...ME, permissions: ['dashboards_write', 'user_access_manage'] }, false, true],
  ['of a role that I have', { restricted_roles: ['r1', 'r2'] }, ME, false, true],
  ['of a role that I have not', { restricted_roles: ['r2'] }, ME, false, false],
  ['of roles, mine not known yet', { restricted_roles: ['r2'] }, { handle: 'me@x' }, false, true],
] as [string, Partial<Dashboard>, Person, boolean, boolean][])('%s', (_name, dashboard, person, isBuiltIn, may) => {
  expect(readOnlyReason(dashboard, person, isBuiltIn) === undefined).toBe(may);
});
