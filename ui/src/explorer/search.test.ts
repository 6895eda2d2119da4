import { describe, expect, it } from 'vitest';

import { addTerm, clickFacet, facetTermOf, quote, selectionOf, termsOf, withoutFacets, type Click } from './search';

describe('terms', () => {
  it.each([
    ['', []],
    ['  a  b ', ['a', 'b']],
    ['source:"my apps" x', ['source:"my apps"', 'x']],
    ['source:(a OR "b c") -d', ['source:(a OR "b c")', '-d']],
    ['(a OR b) c', ['(a OR b)', 'c']],
    ['a\\ b c', ['a\\ b', 'c']],
    ['"never closed x', ['"never closed x']],
    ['a) b', ['a)', 'b']],
  ])('of %s', (text, expected) => {
    expect(termsOf(text).map((term) => term.text)).toEqual(expected);
  });
});

describe('facet terms', () => {
  it.each([
    ['source:jenkins', { field: 'source', values: ['jenkins'], isNot: false }],
    ['-source:"my \\"apps\\""', { field: 'source', values: ['my "apps"'], isNot: true }],
    ['source:(a OR "b c")', { field: 'source', values: ['a', 'b c'], isNot: false }],
    ['@http.status_code:404', { field: '@http.status_code', values: ['404'], isNot: false }],
    ['url:http://x/y', { field: 'url', values: ['http://x/y'], isNot: false }],
    ['source:jen*', undefined],
    ['@took:>12', undefined],
    ['@took:[1 TO 2]', undefined],
    ['source:(a AND b)', undefined],
    ['source:(a -b)', undefined],
    ['plain', undefined],
    ['source:', undefined],
  ])('of %s', (text, expected) => {
    expect(facetTermOf(text)).toEqual(expected);
  });
});

describe('clicks', () => {
  it.each<[string, string, Click, string]>([
    ['', 'a', 'only', 'source:a'],
    ['*', 'a', 'only', 'source:a'],
    ['deploy', 'a', 'only', 'deploy source:a'],
    ['source:a deploy', 'a', 'only', 'deploy'],
    ['source:a deploy', 'b', 'only', 'deploy source:b'],
    ['source:a -source:c', 'b', 'only', 'source:b'],
    ['source:a', 'b', 'add', 'source:(a OR b)'],
    ['source:(a OR b)', 'b', 'add', 'source:a'],
    ['-source:b', 'b', 'add', 'source:b'],
    ['source:a x', 'b c', 'add', 'x source:(a OR "b c")'],
    ['', 'a', 'exclude', '-source:a'],
    ['-source:a', 'a', 'exclude', ''],
    ['-source:a', 'b', 'exclude', '-source:a -source:b'],
    ['source:(a OR b)', 'b', 'exclude', 'source:a -source:b'],
    ['a OR b', 'x', 'only', '(a OR b) source:x'],
    ['x AND source:a', 'a', 'only', 'x'],
    ['NOT source:a', 'b', 'only', 'NOT source:a source:b'],
    ['host:a', 'a', 'only', 'host:a source:a'],
  ])('%s with %s, %s', (text, value, click, expected) => {
    expect(clickFacet(text, 'source', value, click)).toBe(expected);
  });
});

it('an OR at the top hides selections', () => {
  expect(selectionOf('source:a OR source:b', 'source')).toEqual({ only: [], not: [] });
});

it('facets are taken out for their counts', () => {
  expect(withoutFacets('x source:a -status:error env:prod', ['source', 'status'])).toBe('x env:prod');
});

it.each([
  ['a', 'a'],
  ['web-1', 'web-1'],
  ['my apps', '"my apps"'],
  ['a"b\\', '"a\\"b\\\\"'],
  ['-x', '"-x"'],
  ['OR', '"OR"'],
  ['', '""'],
])('quotes %s', (value, expected) => {
  expect(quote(value)).toBe(expected);
});

it.each([
  ['', 'env:prod', 'env:prod'],
  ['x', 'env:prod', 'x env:prod'],
  ['env:prod', 'env:prod', 'env:prod'],
  ['a OR b', 'c', '(a OR b) c'],
])('adds to %s', (text, term, expected) => {
  expect(addTerm(text, term)).toBe(expected);
});
