import { expect, it } from 'vitest';

import { readHost } from '../infrastructure/data/hosts';
import { attentions, type Known } from './attention';
import { pointsOf, readCheck } from './data';

const now = 1_790_000_000_000;
const host = (name: string, age: number, isMuted = false) => readHost({ name, up: age < 7200, last_reported_time: now / 1000 - age, is_muted: isMuted });
const failing = (name: string, check: string, status: number) => readCheck([name, check, [], status, 'refused', now / 1000]);
const nothing: Known = { hosts: [host('a', 10)], checks: [], disks: [], intake: undefined, now };
const titles = (known: Partial<Known>) => attentions({ ...nothing, ...known }).map(({ state, title }) => `${state}: ${title}`);

it.each<[Partial<Known>, string[]]>([
  [{}, []],
  [{ hosts: [host('a', 4000)] }, ['warn: a does not report']],
  [{ hosts: [host('a', 4000), host('b', 9000), host('c', 10)] }, ['warn: 2 hosts do not report']],
  [{ hosts: [host('a', 4000, true)] }, []],
  [{ checks: [failing('a', 'x', 1), failing('b', 'y', 2), failing('c', 'y', 2)] }, ['alert: y is critical on 2 hosts', 'warn: x warns on a']],
  [{ hosts: [host('a', 10, true)], checks: [failing('a', 'x', 2)] }, []],
  [{ disks: [{ tags: ['host:a', 'device:/dev/sda'], value: 98 }, { tags: ['host:b'], value: 91 }, { tags: ['host:c'], value: 40 }] }, ['alert: a: disk 98% full', 'warn: b: disk 91% full']],
])('%#', (known, want) => expect(titles(known)).toEqual(want));

it('tells of fresh refusals only', () => {
  const route = (last_seen: number) => ({ routes: [{ route: '/api/v2/series', outcomes: [{ outcome: 'invalid', reason: 'bad_payload', count: 7, last_seen }] }] });
  expect(titles({ intake: route(now - 1000) })).toEqual(['warn: Data is refused at /api/v2/series']);
  expect(titles({ intake: route(now - 3_600_000) })).toEqual([]);
});

it('counts the points of metrics that were accepted', () => {
  const outcomes = [{ outcome: 'accepted', reason: '', count: 5, last_seen: 0 }, { outcome: 'invalid', reason: 'x', count: 9, last_seen: 0 }];
  expect(pointsOf({ routes: [{ route: '/api/v2/series', outcomes }, { route: '/api/v1/events', outcomes }, { route: '/api/beta/sketches', outcomes }] })).toBe(10);
});
