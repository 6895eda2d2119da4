import { describe, expect, it } from 'vitest';

import { KINDS } from '../../widgets/registry';
import { isKnownIcon } from './icons';
import { groupsOf } from './kinds';

describe('the tray', () => {
  it('lists every kind once', () => {
    const listed = groupsOf(KINDS).flatMap(({ kinds }) => kinds.map(({ type }) => type));
    expect([...listed].sort()).toEqual(KINDS.map(({ type }) => type).sort());
  });

  it('has an icon for each kind', () => {
    expect(KINDS.filter(({ icon }) => !isKnownIcon(icon)).map(({ type, icon }) => `${type}: ${icon}`)).toEqual([]);
  });

  it.each([
    ['timeser', ['timeseries']],
    ['markdown', ['note']],
    ['event time', ['event_timeline']],
    ['there is nothing like it', []],
  ])('finds %s', (search, types) => {
    expect(groupsOf(KINDS, search).flatMap(({ kinds }) => kinds.map(({ type }) => type))).toEqual(types);
  });
});
