import { describe, expect, it } from 'vitest';

import { parseAmount } from './amount';
import { readState } from './state';

describe('parseAmount', () => {
  it.each([
    ['80', 80],
    [' 80 % ', 80],
    ['1.5k', 1500],
    ['4 GiB', 4 * 1024 ** 3],
    ['2MB/s', 2e6],
    ['−3', -3],
    ['1e3', 1000],
    ['', undefined],
    ['lots', undefined],
    ['1 2', undefined],
    ['NaN', undefined],
  ])('%s', (text, want) => expect(parseAmount(text)).toBe(want));
});

describe('readState', () => {
  it('has its defaults', () => {
    const state = readState({});
    expect(state).toMatchObject({ filter: '', groupBy: [], palette: 'heat', isFlipped: false, isNewest: false, withEmpty: true });
    expect([state.fill, state.size, state.min, state.host]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('reads addresses as Datadog writes them', () => {
    const state = readState({ fillby: 'avg:cpuutilization', sizeby: 'max:system.mem.total', groupby: 'Env, role,team', fillmin: '10', nometrichosts: 'false', fillover: 'last' });
    expect(state.fill?.label).toBe('CPU used');
    expect(state.size?.spec.over).toBe('last');
    expect(state.groupBy).toEqual(['env', 'role']);
    expect([state.min, state.withEmpty]).toEqual([10, false]);
  });

  it('survives broken ones', () => {
    const state = readState({ fillby: '}{', sizeby: 'avg:nometric{}', groupby: ',,none', palette: 'green_to_orange', fillmin: 'x', host: '' });
    expect([state.fill, state.size, state.groupBy, state.palette, state.min, state.host]).toEqual([undefined, undefined, [], 'heat', undefined, undefined]);
  });
});
