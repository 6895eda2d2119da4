import { expect, it } from 'vitest';

import { childrenOf, placesOf } from './children';

const widget = (layout?: unknown) => ({ definition: { type: 'note' }, layout }) as never;

it('takes what is a widget', () => {
  expect(childrenOf([widget(), null, {}, { definition: null }, { definition: { type: 3 } }, 'x'])).toHaveLength(1);
  expect(childrenOf(undefined)).toEqual([]);
});

it.each([
  ['as they say', [{ x: 2, y: 1, width: 4, height: 3 }], [[2, 1, 4, 3]]],
  ['within the columns', [{ x: 11, y: 0, width: 40, height: 1 }], [[0, 0, 12, 1]]],
  ['of odd numbers', [{ x: '3', y: -1, width: 0, height: 1e9 }, { x: null, y: 0, width: 1, height: 1 }], [[3, 0, 1, 2000], [0, 2000, 4, 2]]],
  ['flowing', [undefined, undefined, undefined, undefined], [[0, 0, 4, 2], [4, 0, 4, 2], [8, 0, 4, 2], [0, 2, 4, 2]]],
])('places %s', (_name, layouts, expected) => {
  expect(placesOf(layouts.map(widget)).map(({ x, y, width, height }) => [x, y, width, height])).toEqual(expected);
});
