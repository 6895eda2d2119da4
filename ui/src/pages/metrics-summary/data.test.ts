import { describe, expect, it } from 'vitest';

import { detailsOf, fits, keysOf, spaceAggregator, unitText } from './data';

const columns = ['metric', 'kind', 'step', 'points', 'series', 'hosts', 'last'].map((name) => ({ name }));

it('reads the details, whatever the order of the columns', () => {
  const row = ['cpu', 'gauge', 15, 720, 6, 3, '2026-11-21T11:21:44Z'];
  const expected = { type: 'gauge', series: 6, hosts: 3, points: 720, last: Date.parse('2026-11-21T11:21:44Z'), interval: 15 };
  expect(detailsOf([{ columns, rows: [row] }]).get('cpu')).toEqual(expected);
  expect(detailsOf([{ columns: [...columns].reverse(), rows: [[...row].reverse()] }]).get('cpu')).toEqual(expected);
  expect(detailsOf([{ columns, rows: [] }]).size).toBe(0);
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
