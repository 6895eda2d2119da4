import { expect, it } from 'vitest';

import { readRows } from './top';

it('reads rows of one and of two keys, without those that have no value', () => {
  const columns = [
    { name: 'host', type: 'group', values: [['a'], ['b'], []] },
    { name: 'device', type: 'group', values: [['sda'], ['sdb'], ['sdc']] },
    { name: 'a', type: 'number', values: [1, null, 3] },
  ];
  expect(readRows({ data: { attributes: { columns } } })).toEqual([
    { tags: ['host:a', 'device:sda'], value: 1 },
    { tags: ['device:sdc'], value: 3 },
  ]);
  expect(readRows({ data: { attributes: { columns: [] } } })).toEqual([]);
});
