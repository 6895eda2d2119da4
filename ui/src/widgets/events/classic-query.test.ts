import { expect, it } from 'vitest';

import { eventSearch } from './classic-query';

it.each([
  ['spark has status', 'and', 'spark has status'],
  ['sources:jenkins,github tags:env:prod,role:db priority:all', 'and', 'source:(jenkins OR github) (env:prod AND role:db)'],
  ['tags:a,b', 'or', '(a OR b)'],
  ['-sources:x status:error hosts:web-1', 'and', '-source:x status:error host:web-1'],
  ['source:(a OR b) env:prod "two words"', 'and', 'source:(a OR b) env:prod "two words"'],
  ['  * ', 'and', ''],
  ['status:all', 'and', ''],
])('%s (%s)', (query, execution, expected) => {
  expect(eventSearch(query, execution)).toBe(expected);
});
