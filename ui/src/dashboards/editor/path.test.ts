import { describe, expect, it } from 'vitest';

import { getAt, offsetsOf, pathOf, setAt } from './path';

const DEFINITION = { type: 'timeseries', requests: [{ q: 'a', style: { palette: 'cool' } }, { q: 'b' }], yaxis: { min: '0' } };

describe('paths into a definition', () => {
  it.each([
    ['type', 'timeseries'],
    ['requests.1.q', 'b'],
    ['requests.0.style.palette', 'cool'],
    ['requests.7.style', undefined],
    ['type.x.y', undefined],
  ])('reads %s', (path, value) => expect(getAt(DEFINITION, pathOf(path))).toEqual(value));

  it.each([
    ['yaxis.max', '9', { ...DEFINITION, yaxis: { min: '0', max: '9' } }],
    ['requests.1.style.palette', 'warm', { ...DEFINITION, requests: [DEFINITION.requests[0], { q: 'b', style: { palette: 'warm' } }] }],
    ['title', undefined, DEFINITION],
    ['requests.0', undefined, { ...DEFINITION, requests: [{ q: 'b' }] }],
    ['right_yaxis.scale', 'log', { ...DEFINITION, right_yaxis: { scale: 'log' } }],
  ])('sets %s', (path, value, result) => expect(setAt(DEFINITION, pathOf(path), value)).toEqual(result));

  it('takes away what is left empty, and keeps the rest as it is', () => {
    const next = setAt(DEFINITION, pathOf('yaxis.min'), undefined);
    expect('yaxis' in next).toBe(false);
    expect(next.requests).toBe(DEFINITION.requests);
    expect(setAt({ type: 'note' }, ['content'], undefined)).toEqual({ type: 'note' });
  });

  it('keeps the order of keys', () => {
    expect(Object.keys(setAt(DEFINITION, ['requests'], []))).toEqual(['type', 'requests', 'yaxis']);
  });
});

describe('places in the text', () => {
  const text = JSON.stringify({ a: [1, { 'b "x"': 'y,}', c: -1.5e3 }], d: { e: null } }, null, 2);
  const at = (path: (string | number)[]) => {
    const { from, to } = offsetsOf(text, path);
    return text.slice(from, to);
  };
  it.each([
    [['a', 0], '1'],
    [['a', 1, 'b "x"'], '"y,}"'],
    [['a', 1, 'c'], '-1500'],
    [['d', 'e'], 'null'],
    // What lacks is shown at what is around it.
    [['a', 1, 'nothing', 3], '{\n      "b \\"x\\"": "y,}",\n      "c": -1500\n    }'],
    [[], text],
  ])('finds %j', (path, value) => expect(at(path)).toBe(value));
});
