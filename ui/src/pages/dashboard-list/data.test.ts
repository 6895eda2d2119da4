import { describe, expect, it } from 'vitest';

import type { Summary } from '../../dashboards/api';
import { countsOf, fits, inList } from './data';

const ROW: Summary = { id: 'abc-def-ghi', title: 'Web Shop', description: 'Orders', author: { handle: 'ann@x.org', name: 'Ann' }, tags: ['team:web'], starred: true };

describe('the list of dashboards', () => {
  it.each([
    ['', true],
    ['web', true],
    ['SHOP web', true],
    ['orders ann', true],
    ['abc-def', true],
    ['author:ann', true],
    ['author:shop', false],
    ['tag:web', true],
    ['team:web', true],
    ['tag:shop', false],
    ['db', false],
  ])('“%s” fits: %s', (search, expected) => {
    expect(fits(ROW, search)).toBe(expected);
  });

  it.each([
    ['all', true],
    ['starred', true],
    ['mine', true],
    ['preset', false],
    ['shared', false],
  ])('is in %s: %s', (list, expected) => {
    expect(inList(ROW, list, 'ann@x.org')).toBe(expected);
  });

  it('is counted', () => {
    expect(countsOf([ROW, { id: 'system', title: 'System', is_built_in: true }, { ...ROW, author: null, is_shared: true }], 'ann@x.org')).toEqual({ all: 3, starred: 2, mine: 1, shared: 1, preset: 1 });
  });
});
