import { expect, it } from 'vitest';

import { countryName, countryValues } from './countries';
import { ringsOf, viewOf, type World } from './focus';
import { project } from './project';
import { placeOfRow, placesOfEvents, pointsRequest } from './places';
import { panned, zoomed } from './use-pan-zoom';
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

it.each([
  [['latitude:48.1', 'longitude:11.6', 'city:Munich'], [48.1, 11.6, 'city:Munich']],
  [['geo.lat:-33.9', 'geo.lon:151.2'], [-33.9, 151.2, '-33.9, 151.2']],
  [['latitude:91', 'longitude:0'], undefined],
  [['latitude:', 'longitude:0'], undefined],
  [['platitude:1', 'longitude:0'], undefined],
  [['country:DE'], undefined],
])('%j is a place', (tags, wanted) => {
  const place = placeOfRow({ tags, values: [1] });
  expect(place && [place.lat, place.lon, place.name]).toEqual(wanted);
});

it('puts events on the map', () => {
  const request = pointsRequest({ response_format: 'event_list', query: { data_source: 'event_stream', query_string: 'a' }, columns: [{ field: '@place.latitude' }, { field: '@place.longitude' }], style: { color_by: 'service' } });
  const event = (id: string, tags: string[], attributes: unknown = {}) => ({ id, time: 0, title: id, text: '', line: '', status: '', priority: '', host: '', source: '', tags, aggregationKey: '', type: '', category: '', raw: { attributes: { attributes } } });
  if (!request) throw new Error('no request');
  const places = placesOfEvents([event('a', ['place.latitude:1', 'place.longitude:2', 'service:web']), event('b', [], { geo: { latitude: 3, longitude: '4' } }), event('c', ['place.latitude:1'])], request);
  expect(places.map(({ id, lat, lon, group }) => [id, lat, lon, group])).toEqual([['a', 1, 2, 'web'], ['b', 3, 4, '']]);
  expect(pointsRequest({ response_format: 'scalar' })).toBeUndefined();
  expect(pointsRequest({ response_format: 'event_list', columns: 7, query: null, style: [] })?.source).toBe('logs_stream');
});

it('zooms and pans within the map', () => {
  const home = [100, 50, 1000, 500] as const;
  expect(zoomed(home, home, 2)).toEqual([350, 175, 500, 250]);
  expect(zoomed(home, home, 2, [0, 0])).toEqual([100, 50, 500, 250]);
  expect(zoomed(home, home, 0.5)).toEqual(home);
  expect(zoomed(home, home, 1e9)[2]).toBe(25);
  expect(panned(zoomed(home, home, 2), home, 9, -9)).toEqual([600, 50, 500, 250]);
});
