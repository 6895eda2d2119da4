import { expect, it } from 'vitest';

import { builtinGraphs } from './graphs';

it('draws what reports, and only that', () => {
  expect(builtinGraphs([], '*')).toEqual([]);
  const [cpu] = builtinGraphs(['system.cpu.user', 'system.cpu.iowait'], 'host:web-1');
  expect(cpu).toMatchObject({
    id: 'cpu',
    queries: [
      { name: 'a', query: 'avg:system.cpu.iowait{host:web-1}' },
      { name: 'b', query: 'avg:system.cpu.user{host:web-1}' },
    ],
    formulas: ['a', 'b'],
    lines: [
      { label: 'I/O wait', color: 1 },
      { label: 'user', color: 0 },
    ],
  });
});

it('asks for a metric once, though two lines need it', () => {
  const [memory] = builtinGraphs(['system.mem.total', 'system.mem.usable'], '*');
  expect(memory?.queries.map(({ query }) => query)).toEqual(['sum:system.mem.total{*}', 'sum:system.mem.usable{*}']);
  expect(memory?.formulas).toEqual(['(a - b) * 1048576', 'a * 1048576']);
});

it('divides by device', () => {
  expect(builtinGraphs(['system.disk.in_use'], 'env:prod')[0]?.queries[0]?.query).toBe('max:system.disk.in_use{env:prod} by {device}');
});
