import { expect, it } from 'vitest';

import { finished, offers, replaceWord, wordAt } from './offers';

it.each([
  ['env:pr', 6, { from: 0, to: 6, text: 'env:pr', bare: 'env:pr', isOut: false }],
  ['a -env:pr b', 6, { from: 2, to: 9, text: 'env', bare: 'env:pr', isOut: true }],
  ['a ', 2, { from: 2, to: 2, text: '', bare: '', isOut: false }],
  ['', 9, { from: 0, to: 0, text: '', bare: '', isOut: false }],
  ['a,b', 3, { from: 2, to: 3, text: 'b', bare: 'b', isOut: false }],
])('wordAt %j %s', (text, caret, want) => expect(wordAt(text, caret)).toEqual(want));

it('offers what begins with the word before what holds it, and hosts only when asked', () => {
  const tags = new Map([['team:env', 9], ['env:prod', 5], ['host:env', 3], ['env:dev', 1]]);
  expect(offers(tags, 'env').map(({ tag }) => tag)).toEqual(['env:prod', 'env:dev', 'team:env']);
  expect(offers(tags, 'host:').map(({ tag }) => tag)).toEqual(['host:env']);
  expect(offers(tags, '').length).toBe(3);
});

it.each([
  ['env:pr', 6, 'env:prod ', 9],
  ['a -env:pr b', 6, 'a -env:prod b', 12],
])('replaceWord %j', (text, caret, want, end) => {
  expect(replaceWord(text, wordAt(text, caret), 'env:prod')).toEqual({ text: want, caret: end });
});

it.each([
  ['role:w', 6, ''],
  ['a -role:w b', 8, 'a b'],
  ['role:web', 8, 'role:web'],
  ['role:x', 6, 'role:x'],
  ['role:w*', 7, 'role:w*'],
  ['ro', 2, 'ro'],
])('finished %j', (text, caret, want) => {
  expect(finished(text, caret, new Map([['role:web', 1], ['role:worker', 2]]))).toBe(want);
});
