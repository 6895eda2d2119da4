import { expect, it } from 'vitest';

import { fitting, groupResults, worstOf, type CheckResult } from './group';

const result = (host: string, status: string, ...tags: string[]): CheckResult => ({ host, status, message: '', tags, time: 0 });
const ALL = [result('a', 'ok', 'env:prod', 'port:80'), result('b', 'critical', 'env:prod'), result('c', 'warning', 'env:dev'), result('d', 'ok')];

it.each([
  [[], 'abcd'],
  [['*'], 'abcd'],
  [['env:*'], 'abcd'],
  [['env:prod'], 'ab'],
  [['env:prod,port:80'], 'a'],
  [['env IN (dev,prod)'], 'abc'],
  [['!env:prod'], 'cd'],
  [['host:d'], 'd'],
  [['env:none'], ''],
])('tags %j', (tags, expected) => {
  expect(fitting(ALL, tags).map(({ host }) => host).join('')).toBe(expected);
});

it('groups, the worst first', () => {
  expect(groupResults(ALL, ['env']).map(({ name, total, counts }) => [name, total, counts.ok, counts.alert])).toEqual([
    ['env:prod', 2, 1, 1],
    ['env:dev', 1, 0, 0],
    ['no env', 1, 1, 0],
  ]);
  expect(groupResults(ALL, []).map(({ total }) => total)).toEqual([4]);
});

it('the worst counts', () => {
  expect([worstOf(ALL), worstOf([]), worstOf([result('a', 'ok'), result('b', 'unknown')])]).toEqual(['alert', 'nodata', 'nodata']);
});
