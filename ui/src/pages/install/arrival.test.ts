import { expect, it } from 'vitest';

import { arrivalOf } from './arrival';

const NOW = 10_000_000;

it.each([
  ['nothing', [], [], [], 0],
  ['a new host', [], [{ name: 'a', last: NOW }], ['a'], 1],
  ['one that was there', [{ name: 'a', last: NOW - 10_000 }], [{ name: 'a', last: NOW }], [], 1],
  ['one that was silent', [{ name: 'a', last: NOW - 900_000 }], [{ name: 'a', last: NOW }], ['a'], 1],
  ['one that stays silent', [{ name: 'a', last: NOW - 900_000 }], [{ name: 'a', last: NOW - 900_000 }], [], 0],
])('%s', (_, before, now, fresh, reporting) => {
  const arrival = arrivalOf(before, now, NOW);
  expect(arrival.fresh.map((host) => host.name)).toEqual(fresh);
  expect(arrival.reporting).toBe(reporting);
});
