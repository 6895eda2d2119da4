import { describe, expect, it } from 'vitest';

import { hostFilter, keyCounts, tagCounts, withWord } from './filter';
import { readHost, sinceOf } from './hosts';
import { hostState, lastSeenText } from './status';

const web = readHost({ name: 'web-1', aliases: ['i-0abc'], apps: ['nginx', 'system'], tags_by_source: { Datadog: ['host:web-1', 'env:prod'], Users: ['role:web', 'env:prod', 'bare'] } });
const db = readHost({ name: 'db-1', tags_by_source: { Datadog: ['env:dev', 'url:http://x'] } });

describe('hostFilter', () => {
  it.each([
    ['', true, true],
    ['env:prod', true, false],
    ['ENV:Prod', true, false],
    ['env:pr*', true, false],
    ['env:', true, true],
    ['-env:prod', false, true],
    ['!env:prod', false, true],
    ['env:prod role:db', false, false],
    ['env:prod,role:web', true, false],
    ['web', true, false],
    ['nginx', true, false],
    ['i-0abc', true, false],
    ['host:web-*', true, false],
    ['bare', true, false],
    ['url:http://x', false, true],
    ['w*1', true, false],
    ['(', false, false],
    ['[a', false, false],
    ['-', true, true],
  ])('%s', (filter, isWeb, isDb) => {
    const fits = hostFilter(filter);
    expect([fits(web), fits(db)]).toEqual([isWeb, isDb]);
  });
});

describe('withWord', () => {
  it.each([
    ['', 'a:b', false, 'a:b'],
    ['x', 'a:b', true, 'x -a:b'],
    ['a:b', 'a:b', false, ''],
    ['a:b c', 'a:b', true, 'c -a:b'],
  ])('%s with %s', (filter, text, isOut, want) => expect(withWord(filter, text, isOut)).toBe(want));
});

it('counts tags and keys', () => {
  expect([...tagCounts([web, db])][0]).toEqual(['bare', 1]);
  expect(keyCounts([web, db])[0]).toEqual({ key: 'env', hosts: 2, values: 2 });
});

describe('status', () => {
  const now = 1_000_000_000_000;
  const at = (age: number) => now / 1000 - age;
  it.each([
    [true, false, 10, 'Up'],
    [true, false, 3700, 'Silent'],
    [false, false, 9000, 'Not reporting'],
    [true, true, 10, 'Muted'],
  ])('up %s, muted %s, %s s ago', (isUp, isMuted, age, text) => {
    expect(hostState({ isUp, isMuted, lastReported: at(age) }, now).text).toBe(text);
  });
  it.each([
    [0, 'within 1 min'],
    [5, 'within 1 min'],
    [61, 'within 5 min'],
    [55, 'within 5 min'],
    [300, 'within 15 min'],
    [7300, 'within 6 h'],
    [90_000, 'over 1 d ago'],
  ])('%s s', (age, text) => expect(lastSeenText(at(age), now)).toBe(text));
  it('asks the server for older hosts only when the time is old', () => {
    expect(sinceOf({ from: now - 3_600_000, to: now }, now)).toBeUndefined();
    expect(sinceOf({ from: -5e15, to: now }, now)).toBe(0);
    expect(sinceOf({ from: now - 86_400_000, to: now }, now)).toBe(Math.floor(at(86_400) / 300) * 300);
  });
});
