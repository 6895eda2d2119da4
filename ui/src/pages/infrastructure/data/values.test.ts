import { afterEach, describe, expect, it, vi } from 'vitest';

import { defaultFill, explorerQuery, measureOf, readyMeasures } from './fills';
import { hostValues, readColumns } from './values';

const columns = (values: Record<string, (number | null)[]>, hosts: string[]) => ({
  data: {
    attributes: {
      columns: [
        { name: 'host', type: 'group', values: hosts.map((host) => (host === '' ? [] : [host])) },
        ...Object.entries(values).map(([name, list]) => ({ name, type: 'number', values: list, meta: { unit: null } })),
      ],
    },
  },
});

afterEach(() => vi.unstubAllGlobals());

it('reads columns: hosts without a value are absent', () => {
  const [a, b] = readColumns(columns({ a: [1, null, 3], b: [null, 0, 4] }, ['x', 'y', '']));
  expect([...a!.byHost]).toEqual([['x', 1]]);
  expect([...b!.byHost]).toEqual([['y', 0]]);
});

it('asks several measures in one call, under names of their own', async () => {
  const bodies: unknown[] = [];
  vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
    bodies.push(JSON.parse(String(init.body)));
    return new Response(JSON.stringify(columns({ x: [1], y: [2] }, ['h'])));
  });
  const cpu = measureOf('avg:cpuutilization', false)!;
  const load = measureOf('max:system.load.1', true)!;
  const found = await hostValues([cpu.spec, load.spec], { from: 1, to: 2 });
  expect(found.map(({ byHost }) => byHost.get('h'))).toEqual([1, 2]);
  expect(bodies).toEqual([
    {
      data: {
        type: 'scalar_request',
        attributes: {
          from: 1,
          to: 2,
          queries: [
            { data_source: 'metrics', name: 'a0', query: 'avg:system.cpu.idle{*} by {host}', aggregator: 'avg' },
            { data_source: 'metrics', name: 'a1', query: 'max:system.load.1{*} by {host}', aggregator: 'last' },
          ],
          formulas: [{ formula: '100 - a0' }, { formula: 'a1' }],
        },
      },
    },
  ]);
});

describe('measures', () => {
  it.each([
    ['avg:cpuutilization', 'CPU used', 'avg:system.cpu.idle{*} by {host}'],
    ['avg:networkin', 'Network received', 'sum:system.net.bytes_rcvd{*} by {host}'],
    ['sum:my.Metric_1', 'my.Metric_1', 'sum:my.Metric_1{*} by {host}'],
    ['p99:x', undefined, undefined],
    ['avg:', undefined, undefined],
    ['avg:x{*} by {host}', undefined, undefined],
    ['', undefined, undefined],
  ])('%s', (text, label, query) => {
    const measure = measureOf(text, false);
    expect(measure?.label).toBe(label);
    expect(measure?.spec.queries['a']).toBe(query);
  });

  it('offers those that report', () => {
    expect(readyMeasures(['system.cpu.idle', 'system.mem.pct_usable']).map(({ id }) => id)).toEqual(['cpuutilization', 'memoryused']);
    expect(defaultFill(['a.b', 'system.cpu.idle'])).toBe('avg:cpuutilization');
    expect(defaultFill(['a.b', 'system.load.1'])).toBe('avg:system.load.1');
    expect(defaultFill(['a.b'])).toBe('avg:a.b');
    expect(defaultFill([])).toBeUndefined();
  });

  it('leads to the explorer with a scope', () => {
    expect(explorerQuery(measureOf('avg:system.load.1', false)!, 'env:prod')).toEqual({ a: 'avg:system.load.1{env:prod} by {host}' });
  });
});
