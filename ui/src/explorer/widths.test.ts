import { expect, it } from 'vitest';

import { readWidths, withWidths } from './widths';

it.each([
  ['{"time": 120, "host": 80}', { time: 120, host: 80 }],
  ['{"time": "wide", "host": -3}', {}],
  ['[]', {}],
  ['null', {}],
  ['{', {}],
])('reads %s', (text, expected) => {
  expect(readWidths(text)).toEqual(expected);
});

it('widens what was dragged', () => {
  const columns = [{ id: 'a', width: '1fr' }, { id: 'b', width: '2fr' }];
  expect(withWidths(columns, { b: 90, gone: 7 })).toEqual([{ id: 'a', width: '1fr' }, { id: 'b', width: '90px' }]);
});
