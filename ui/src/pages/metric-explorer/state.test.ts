import { describe, expect, it } from 'vitest';

import { freeName, readState, requestOf, toggledOff, uses, withFilter } from './state';

describe('the address', () => {
  it('holds queries, formulas and looks', () => {
    const state = readState({ a: 'avg:x{*}', c: 'sum:y{*}', f1: 'a / c', off: 'a', kind: 'area', scale: 'log', split: 'group' });
    expect(state.lines.map(({ name, isOff }) => [name, isOff])).toEqual([['a', true], ['c', false], ['f1', false]]);
    expect(state).toMatchObject({ kind: 'area', scale: 'log', isSplit: true });
  });

  it('that is broken shows what it can', () => {
    expect(readState({ kind: 'pie', scale: '?', off: ',,', z: 'x' })).toEqual({ lines: [], kind: 'line', scale: 'linear', isSplit: false });
  });

  it('toggles lines', () => {
    const { lines } = readState({ a: 'x', b: 'y', off: 'a' });
    expect(toggledOff(lines, 'b')).toBe('a,b');
    expect(toggledOff(lines, 'a')).toBeUndefined();
  });
});

describe('what is asked', () => {
  it('is what is drawn, and what that needs', () => {
    const { lines } = readState({ a: 'avg:x{*}', b: 'avg:y{*}', c: 'avg:z{*}', f1: 'a / b', off: 'a,c' });
    expect(requestOf(lines)).toEqual({
      queries: [{ name: 'a', query: 'avg:x{*}' }, { name: 'b', query: 'avg:y{*}' }],
      formulas: ['b', 'a / b'],
    });
  });

  it('is nothing without queries', () => {
    expect(requestOf(readState({ a: ' ', f1: 'a' }).lines)).toEqual({ queries: [], formulas: [] });
  });

  it.each([['a / b', 'a', true], ['abs(b)', 'a', false], ['(a)', 'a', true], ['b*2', 'a', false], ['a', 'a', true], ['x.a', 'a', false]])(
    '%s uses %s: %s',
    (formula, name, expected) => expect(uses(formula, name)).toBe(expected),
  );
});

it('names what is added', () => {
  expect(freeName(['a', 'c'], false)).toBe('b');
  expect(freeName(['f1'], true)).toBe('f2');
  expect(freeName([...'abcdefghij'], false)).toBeUndefined();
});

describe('a filter', () => {
  it.each([
    ['avg:x{*} by {host}', 'env:prod', false, 'avg:x{env:prod} by {host}'],
    ['avg:x{*} by {host}', 'host:a', true, 'avg:x{!host:a} by {host}'],
    ['avg:x{env:prod}', 'host:a', false, 'avg:x{env:prod,host:a}'],
    ['avg:x{env:prod}', 'env:prod', false, 'avg:x{env:prod}'],
    ['avg:x{a:b OR c:d}', 'host:a', true, 'avg:x{(a:b OR c:d) AND NOT host:a}'],
    ['avg:x{*} / sum:y.z{*} by {host}', 'e:f', false, 'avg:x{e:f} / sum:y.z{e:f} by {host}'],
    ['top(avg:x{*} by {host}, 5)', 'e:f', false, 'top(avg:x{e:f} by {host}, 5)'],
  ])('on %s by %s', (query, tag, isOut, expected) => {
    expect(withFilter(query, tag, isOut)).toBe(expected);
  });
});
