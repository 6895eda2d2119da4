import { expect, it } from 'vitest';

import { localOnly } from './SignIn';

it.each([
  ['/metric/explorer?a=1', '/metric/explorer?a=1'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['/signin?next=/', '/'],
  ['', '/'],
])('after signing in, %s leads to %s', (next, to) => {
  expect(localOnly(next)).toBe(to);
});
