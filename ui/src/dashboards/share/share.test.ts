import { describe, expect, it } from 'vitest';

import { canBePicture, filledIn, timeseriesOf } from './definition';
import { expiryOf, expiryText } from './expiry';
import { fitting, hasMention, mentionAt, peopleOf, withMention } from './mentions';

const PEOPLE = [
  { handle: 'ada@example.com', name: 'Ada Lovelace' },
  { handle: 'bob@example.com', name: 'Robert Ada' },
  { handle: 'cyd@example.com', name: '' },
];

describe('mentions', () => {
  it.each([
    ['look @ad', 8, { from: 5, typed: 'ad' }],
    ['@', 1, { from: 0, typed: '' }],
    ['(@ada@ex', 8, { from: 1, typed: 'ada@ex' }],
    ['mail me at x@y.z', 16, undefined],
    ['@ada done', 9, undefined],
  ])('%j at %d', (text, caret, found) => expect(mentionAt(text, caret)).toEqual(found));

  it('finds by handle and by any word of the name', () => {
    expect(fitting(PEOPLE, 'ad').map(({ handle }) => handle)).toEqual(['ada@example.com', 'bob@example.com']);
    expect(fitting(PEOPLE, 'zz')).toEqual([]);
  });

  it('puts the handle in place', () => {
    expect(withMention('see @ad please', 7, 4, { handle: 'ada@example.com', name: '' })).toEqual({ text: 'see @ada@example.com please', caret: 21 });
  });

  it('leaves out who cannot read it', () => {
    const data = [{ attributes: { handle: 'a', name: null } }, { attributes: { handle: 'b', disabled: true } }, { attributes: { handle: 'c', service_account: true } }, {}];
    expect(peopleOf({ data }).map(({ handle }) => handle)).toEqual(['a']);
  });

  it.each([
    ['hello', false],
    ['a@b.c', false],
    ['hi @ada', true],
  ])('%j has one: %s', (text, has) => expect(hasMention(text)).toBe(has));
});

describe('graphs as widgets', () => {
  it('of the explorer', () => {
    const made = timeseriesOf({ title: 'CPU', queries: [{ name: 'a', query: 'avg:x{*}' }], formulas: ['a * 2'], kind: 'area', scale: 'log' });
    expect(made).toMatchObject({ type: 'timeseries', title: 'CPU', yaxis: { scale: 'log' } });
    expect(made['requests']).toMatchObject([{ display_type: 'area', queries: [{ data_source: 'metrics', name: 'a', query: 'avg:x{*}' }], formulas: [{ formula: 'a * 2' }] }]);
    expect(canBePicture(made)).toBe(true);
    expect(canBePicture({ type: 'note', content: 'x' })).toBe(false);
  });

  it('without variables', () => {
    const variables = { declared: [{ name: 'env', prefix: 'env', default: '*' }], values: { env: ['prod'] } };
    const definition = { type: 'timeseries', title: 'CPU of $env.value', requests: [{ q: 'avg:x{$env}', n: 1 }] };
    expect(filledIn(definition, variables)).toEqual({ type: 'timeseries', title: 'CPU of prod', requests: [{ q: 'avg:x{env:prod}', n: 1 }] });
  });
});

describe('expiry', () => {
  const now = Date.UTC(2026, 0, 1);
  it.each([
    ['', null],
    ['1', '2026-01-02T00:00:00.000Z'],
    ['30', '2026-01-31T00:00:00.000Z'],
  ])('%j days', (days, at) => expect(expiryOf(days, now)).toBe(at));

  it.each([
    [null, 'never ends'],
    ['2026-01-01T12:00:00Z', 'ends in 12 hours'],
    ['2026-01-31T00:00:00Z', 'ends in 30 days'],
    ['2025-12-31T00:00:00Z', 'is over'],
  ])('%j: %s', (at, words) => expect(expiryText(at, now)).toBe(words));
});
