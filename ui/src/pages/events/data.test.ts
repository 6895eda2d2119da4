import { describe, expect, it } from 'vitest';

import { chosenColumns, COLUMNS_FIRST } from './columns';
import { eventOf, sameKey, statusOf, tagsOfText } from './data';

const RAW = {
  type: 'event',
  id: '1882466659975601375',
  attributes: {
    attributes: {
      title: 'Deploy', timestamp: 1795260104000, status: 'error', priority: 'low', hostname: 'web-1',
      source_type_name: 'jenkins', aggregation_key: 'agg "0"', evt: { type: 'api' },
    },
    message: '%%%\n**Build**\n%%%',
    tags: ['env:prod', 7],
    timestamp: '2026-11-21T11:21:44.000Z',
  },
};

describe('events', () => {
  it('are read from the answer', () => {
    expect(eventOf(RAW)).toMatchObject({
      id: '1882466659975601375', time: 1795260104000, title: 'Deploy', line: 'Build', status: 'error', priority: 'low',
      host: 'web-1', source: 'jenkins', tags: ['env:prod'], aggregationKey: 'agg "0"', type: 'api',
    });
  });
  it.each([undefined, null, 'x', {}, { attributes: null }, { attributes: { attributes: [], tags: 'x' } }])('of %j are shown all the same', (raw) => {
    expect(eventOf(raw)).toMatchObject({ time: 0, title: '', status: 'info', priority: 'normal', tags: [] });
  });
  it('take their time from the text when there is no number', () => {
    expect(eventOf({ attributes: { timestamp: '2026-11-21T11:21:44.000Z' } }).time).toBe(Date.parse('2026-11-21T11:21:44Z'));
  });
  it('of a made up status count as info', () => {
    const event = eventOf(RAW);
    expect(statusOf(event)).toBe('error');
    expect(statusOf({ ...event, status: 'shiny' })).toBe('info');
  });
  it('belong together by their key', () => {
    expect(sameKey(eventOf(RAW))).toBe('aggregation_key:"agg \\"0\\""');
  });
});

it.each([
  ['', []],
  ['a:b, c:d  e', ['a:b', 'c:d', 'e']],
])('tags of %j', (text, expected) => {
  expect(tagsOfText(text)).toEqual(expected);
});

it.each([
  ['title,time', ['title', 'time']],
  ['time,time,nothing', ['time']],
  ['nothing', COLUMNS_FIRST],
])('columns of %s', (text, expected) => {
  expect(chosenColumns(text).map((column) => column.id)).toEqual(expected);
});
