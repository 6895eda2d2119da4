import { expect, it } from 'vitest';

import { countryName, countryValues } from './countries';
import { ringsOf, viewOf, type World } from './focus';
import { project } from './project';
import world from './world.json';

const WORLD: World = world;
const row = (tag: string, value: number | null) => ({ tags: [tag], values: [value] });

it('puts values on countries', () => {
  const { values, unknown } = countryValues([row('country_iso_code:us', 3), row('@geo.country:US-CA', 4), row('country:SG', 1), row('country:XX', 9), row('country:DE', null)], WORLD);
  expect([...values]).toEqual([['US', 7], ['SG', 1]]);
  expect(unknown).toBe(1);
});

it('holds the countries of the world, each where it lies', () => {
  expect(Object.keys(WORLD.shapes).length + Object.keys(WORLD.points).length).toBeGreaterThan(230);
  for (const [code, lon, lat] of [['FR', 2.3, 48.8], ['BR', -47.9, -15.8], ['AU', 134, -25], ['JP', 138, 36], ['KE', 37, 0.5]] as const) {
    const [left, top, width, height] = viewOf(code, WORLD);
    const [x, y] = project(lon, lat);
    expect(x > left && x < left + width && y > top && y < top + height, code).toBe(true);
  }
});

it.each(['WORLD', '', 'nonsense', 'EMEA', 'north america', 'US', 'MC', 'toString'])('a view of %j is a box', (focus) => {
  const view = viewOf(focus, WORLD);
  expect(view.every(Number.isFinite)).toBe(true);
  expect(Math.min(view[2], view[3])).toBeGreaterThan(10);
});

it('reads paths', () => {
  expect(ringsOf('M10 20l1 0 0 1-1-1zM5 5l1 1 1 1-2-2z')).toEqual([[[10, 20], [11, 20], [11, 21], [10, 20]], [[5, 5], [6, 6], [7, 7], [5, 5]]]);
});

it('names countries', () => {
  expect([countryName('DE'), countryName('XK'), countryName('ZZ')]).toEqual(['Germany', 'Kosovo', 'Unknown Region']);
});
