import { describe, expect, it } from 'vitest';

import { detailsOf, fits, keysOf, spaceAggregator, unitText } from './data';

it('reads the details', () => {
  const cpu = { metric: 'cpu', type: 'gauge', interval: 15, series: 6, hosts: 3, last: 1_790_000_000 };
  expect(detailsOf({ metrics: [cpu] }).get('cpu')).toEqual({ type: 'gauge', interval: 15, series: 6, hosts: 3, last: 1_790_000_000_000 });
  expect(detailsOf({ metrics: [] }).size).toBe(0);
});

it('tags by key', () => {
  expect(keysOf(['env:prod', 'host:a', 'host:b', 'canary', 'url:http://x'])).toEqual([
    { key: 'host', values: ['a', 'b'] },
    { key: '', values: ['canary'] },
    { key: 'env', values: ['prod'] },
    { key: 'url', values: ['http://x'] },
  ]);
});

it.each([
  ['system.cpu.user', 'cpu', true],
  ['system.cpu.user', 'user sys', true],
  ['system.cpu.user', 'CPU idle', false],
  ['system.cpu.user', '', true],
])('%s fits %s: %s', (name, filter, expected) => {
  expect(fits(name, filter)).toBe(expected);
});

describe('words', () => {
  it('units', () => {
    expect(unitText(undefined)).toBe('');
    expect(unitText({ unit: 'percent', per_unit: null })).toBe('percent');
    expect(unitText({ unit: 'byte', per_unit: 'second' })).toBe('byte per second');
  });
  it('aggregators', () => {
    expect(['gauge', 'count', 'rate', undefined].map(spaceAggregator)).toEqual(['avg', 'sum', 'sum', 'avg']);
  });
});
