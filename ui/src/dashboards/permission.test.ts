import { expect, it } from 'vitest';

import type { Dashboard } from './model';
import { readOnlyReason, rulesOf, whoOf, type Person, type Who } from './permission';

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

it.each([
  [{}, 'everyone', ['r1'], {}],
  [{}, 'roles', ['r1'], { restricted_roles: ['r1'] }],
  [{ restricted_roles: ['r1', 'r2'] }, 'roles', ['r2', 'r1'], {}],
  [{ restricted_roles: ['r1', 'r2'] }, 'roles', ['r2'], { restricted_roles: ['r2'] }],
  [{ restricted_roles: ['r1'] }, 'everyone', ['r1'], { restricted_roles: [] }],
  [{ restricted_roles: ['r1'] }, 'author', [], { is_read_only: true }],
  [{ is_read_only: true, restricted_roles: ['r1'] }, 'roles', ['r1'], { is_read_only: false }],
] as [Partial<Dashboard>, Who, string[], Partial<Dashboard>][])('%j for %s %j: %j', (dashboard, who, roles, patch) => {
  expect(rulesOf(dashboard, who, roles)).toEqual(patch);
  // What is written reads as what was chosen, and choosing it again changes nothing.
  const after = { ...dashboard, ...patch };
  expect(whoOf(after)).toBe(who);
  expect(rulesOf(after, who, roles)).toEqual({});
});
