import { expect, it } from 'vitest';

import { ITEMS_MAX, merged, type FoundList } from './use-live-list';

const SOURCE = { idOf: (at: number) => String(at), timeOf: (at: number) => at };
const list = (items: number[], isCut = false): FoundList<number> => ({ items, range: { from: 0, to: 10 }, isCut, wholeAt: 1 });

it.each([
  ['new ones come in front', list([5, 3]), list([9, 7]), 0, [9, 7, 5, 3], false],
  ['none twice', list([5, 3]), list([5, 4]), 0, [5, 4, 3], false],
  ['old ones leave', list([5, 3, 1]), list([9]), 4, [9, 5], false],
  ['a cut list stays cut', list([5, 3], true), list([9]), 0, [9, 5, 3], true],
])('%s', (_, old, fresh, from, items, isCut) => {
  const found = merged(SOURCE, old, fresh, { from, to: 20 });
  expect(found.items).toEqual(items);
  expect(found.isCut).toBe(isCut);
  expect(found.wholeAt).toBe(1);
});

it('is bounded', () => {
  const many = Array.from({ length: ITEMS_MAX }, (_, at) => ITEMS_MAX - at);
  const found = merged(SOURCE, list(many), list([ITEMS_MAX + 5]), { from: 0, to: ITEMS_MAX + 9 });
  expect(found.items.length).toBe(ITEMS_MAX);
  expect(found.items[0]).toBe(ITEMS_MAX + 5);
  expect(found.isCut).toBe(true);
});
