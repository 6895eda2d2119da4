import { describe, expect, it } from 'vitest';

import { nameOf } from '../image/ImageView';
import { fontSize } from '../note/NoteView';
import { cssColor, inkOn, paperOf } from './paper';
import { number, text } from './read';

it.each([
  ['14', 14], [14, 14], ['32px', 32], ['auto', 14], [null, 14], ['1e9', 200], ['', 14],
])('font size %j', (value, expected) => {
  expect(fontSize(value)).toBe(expected);
});

it.each([
  ['/static/images/logos/apache_large.svg', 'apache'],
  ['https://a.b/x/kubernetes-cluster-autoscaler_small.svg?v=2', 'kubernetes cluster autoscaler'],
  ['data:image/png;base64,AAAA', 'Picture'],
  ['https://a.b/%E0%A4%A', '%E0%A4%A'],
  ['', 'Picture'],
])('name of %s', (url, expected) => {
  expect(nameOf(url)).toBe(expected);
});

describe('papers', () => {
  it.each([
    ['blue', false], ['vivid_blue', true], ['white', false], ['', false], ['transparent', false], ['#ff0000', true], ['url(https://x)', false],
  ])('%s', (name, isVivid) => {
    expect(paperOf(name).isVivid).toBe(isVivid);
  });
  it.each([
    ['#fff', '#fff'], ['rgba(1, 2, 3, 0.5)', 'rgba(1, 2, 3, 0.5)'], ['rebeccapurple', 'rebeccapurple'], ['url(https://x)', undefined], ['red;top:0', undefined], ['var(--x)', undefined],
  ])('colour %s', (name, expected) => {
    expect(cssColor(name)).toBe(expected);
  });
  it.each([
    ['#fff', 'var(--ink-dark)'], ['#000000', 'var(--on-accent)'], ['#FFC107', 'var(--ink-dark)'], ['red', undefined],
  ])('ink on %s', (name, expected) => {
    expect(inkOn(name)).toBe(expected);
  });
});

it('reads odd values', () => {
  expect([text(null), text(3), text(Number.NaN), number('x'), number(''), number('0'), number(true)]).toEqual(['', '3', '', undefined, undefined, 0, undefined]);
});
