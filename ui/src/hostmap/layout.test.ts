import { describe, expect, it } from 'vitest';

import { groupHosts, noTag } from './groups';
import { layOut, RADIUS_MAX, RADIUS_MIN, type Layout } from './layout';
import { neighbour, picker } from './pick';
import type { MapHost } from './types';

const hostOf = (name: string, tags: Record<string, string[]> = {}): MapHost => ({
  name,
  tags: new Map(Object.entries(tags)),
  isMuted: false,
});

const fleet = (count: number): MapHost[] =>
  Array.from({ length: count }, (_, at) => hostOf(`web-${at}`, { env: [['prod', 'dev', 'qa'][at % 3]!], rack: [`r${at % 40}`] }));

/** The smallest distance of two hexagons' centres. */
function closest({ xs, ys }: Layout): number {
  let least = Infinity;
  for (let a = 0; a < xs.length; a += 1) {
    for (let b = a + 1; b < xs.length; b += 1) least = Math.min(least, Math.hypot(xs[a]! - xs[b]!, ys[a]! - ys[b]!));
  }
  return least;
}

describe('groupHosts', () => {
  it('divides by one and two tags, those without last', () => {
    const hosts = [hostOf('a', { env: ['prod'], role: ['db', 'web'] }), hostOf('b', { env: ['prod'] }), hostOf('c')];
    expect(groupHosts(hosts, [])).toEqual([{ name: '', count: 3, groups: [{ name: '', members: [0, 1, 2] }] }]);
    expect(groupHosts(hosts, ['env']).map(({ name, count }) => [name, count])).toEqual([['prod', 2], [noTag('env'), 1]]);
    const [prod] = groupHosts(hosts, ['env', 'role']);
    expect(prod?.groups).toEqual([
      { name: 'db', members: [0] },
      { name: 'web', members: [0] },
      { name: noTag('role'), members: [1] },
    ]);
  });
});

describe('layOut', () => {
  it.each([
    [1, []],
    [7, []],
    [300, []],
    [300, ['env']],
    [300, ['env', 'rack']],
    [1000, ['rack']],
  ])('%s hosts by %s: all there, none over another, within the width', (count, keys) => {
    const layout = layOut(groupHosts(fleet(count), keys), 1000, 600);
    expect(new Set(layout.hosts).size).toBe(count);
    expect(closest(layout)).toBeGreaterThan(1.7 * layout.radius);
    const reach = (Math.sqrt(3) / 2) * layout.radius;
    expect(Math.max(...layout.xs) + reach).toBeLessThanOrEqual(1000);
    expect(Math.min(...layout.xs) - reach).toBeGreaterThanOrEqual(0);
    if (layout.radius > RADIUS_MIN) expect(layout.height).toBeLessThanOrEqual(601);
  });

  it('fills the room: few hosts are large, many are small, too many scroll', () => {
    const radius = (count: number) => layOut(groupHosts(fleet(count), []), 1000, 600).radius;
    expect(radius(1)).toBe(RADIUS_MAX);
    expect(radius(1000)).toBeGreaterThan(radius(5000));
    const all = layOut(groupHosts(fleet(20_000), []), 1000, 600);
    expect(all.radius).toBe(RADIUS_MIN);
    expect(all.height).toBeGreaterThan(600);
  });

  it('uses most of the page with 5 000 hosts', () => {
    const layout = layOut(groupHosts(fleet(5000), ['env']), 1200, 700);
    const inked = 5000 * 1.5 * Math.sqrt(3) * layout.radius ** 2;
    expect(inked / (1200 * 700)).toBeGreaterThan(0.7);
  });

  it('survives no hosts and no room', () => {
    expect(layOut(groupHosts([], ['env']), 1000, 600).xs).toHaveLength(0);
    expect(layOut(groupHosts(fleet(10), []), 0, 0).xs).toHaveLength(10);
  });
});

describe('picking', () => {
  const layout = layOut(groupHosts(fleet(300), ['env']), 1000, 600);

  it('finds the hexagon under each centre, and none outside', () => {
    const { at } = picker(layout);
    for (let cell = 0; cell < layout.xs.length; cell += 1) {
      expect(at(layout.xs[cell]! + 1, layout.ys[cell]! - 1)).toBe(cell);
    }
    expect(at(-100, -100)).toBe(-1);
    expect(at(5000, 5)).toBe(-1);
  });

  it('moves with arrows and comes back', () => {
    const right = neighbour(layout, 0, 'right');
    expect(layout.xs[right]).toBeGreaterThan(layout.xs[0]!);
    expect(layout.ys[right]).toBe(layout.ys[0]);
    expect(neighbour(layout, right, 'left')).toBe(0);
    expect(layout.ys[neighbour(layout, 0, 'down')]).toBeGreaterThan(layout.ys[0]!);
    expect(neighbour(layout, 0, 'left')).toBe(0);
    expect(neighbour(layout, -1, 'down')).toBe(0);
  });

  it('reaches every hexagon', () => {
    const seen = new Set([0]);
    const queue = [0];
    for (let cell = queue.pop(); cell !== undefined; cell = queue.pop()) {
      for (const direction of ['left', 'right', 'up', 'down'] as const) {
        const next = neighbour(layout, cell, direction);
        if (!seen.has(next)) queue.push(next);
        seen.add(next);
      }
    }
    expect(seen.size).toBe(layout.xs.length);
  });
});
