import { describe, expect, it } from 'vitest';

import { bump } from './bump';
import { parseTime } from './parse';
import { DAY, HOUR, MINUTE, ofParams, resolve, spanOf, spanText, toParams, type Selection } from './selection';
import { instantOf, wallOf } from './zone';

// Saturday.
const NOW = Date.parse('2026-11-21T10:30:00Z');
const at = (text: string) => Date.parse(text);
const relative = (ms: number): Selection => ({ kind: 'relative', ms });
const fixed = (from: string, to: string): Selection => ({ kind: 'fixed', from: at(from), to: at(to) });

describe('a typed time', () => {
  const table: [string, Selection][] = [
    ['5h', relative(5 * HOUR)],
    [' 5 H ', relative(5 * HOUR)],
    ['1h30m', relative(90 * MINUTE)],
    ['1h 30 min', relative(90 * MINUTE)],
    ['1.5h', relative(90 * MINUTE)],
    ['past 2 days', relative(2 * DAY)],
    ['last hour', relative(HOUR)],
    ['45s', relative(45_000)],
    ['1mo', relative(30 * DAY)],
    ['today', { kind: 'calendar', name: 'today' }],
    ['Week to date', { kind: 'calendar', name: 'week_to_date' }],
    ['last month', { kind: 'calendar', name: 'last_month' }],
    ['Jan 1 - Jan 2', fixed('2026-01-01T00:00:00Z', '2026-01-03T00:00:00Z')],
    ['Dec 24 – Dec 26', fixed('2025-12-24T00:00:00Z', '2025-12-27T00:00:00Z')],
    ['Nov 20', fixed('2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z')],
    ['20 Nov 2025', fixed('2025-11-20T00:00:00Z', '2025-11-21T00:00:00Z')],
    ['Nov 20, 10:00 am - 11:30', fixed('2026-11-20T10:00:00Z', '2026-11-20T11:31:00Z')],
    ['11/20 3pm to 11/20 4pm', fixed('2026-11-20T15:00:00Z', '2026-11-20T17:00:00Z')],
    ['9:00 - 10:00', fixed('2026-11-21T09:00:00Z', '2026-11-21T10:01:00Z')],
    ['yesterday 12:00 - 13:00', fixed('2026-11-20T12:00:00Z', '2026-11-20T13:01:00Z')],
    ['October', fixed('2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z')],
    ['Dec 2024', fixed('2024-12-01T00:00:00Z', '2025-01-01T00:00:00Z')],
    ['2026-02', fixed('2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z')],
    ['2026-02-28', fixed('2026-02-28T00:00:00Z', '2026-03-01T00:00:00Z')],
    ['2026-01-01 - 2026-01-02', fixed('2026-01-01T00:00:00Z', '2026-01-03T00:00:00Z')],
    ['2026-01-01T10:00:00Z/2026-01-01T11:00:00Z', fixed('2026-01-01T10:00:00Z', '2026-01-01T11:00:00Z')],
    ['2026-01-01T10:00:00+02:00 to 2026-01-01T11:00:00.250+02:00', fixed('2026-01-01T08:00:00Z', '2026-01-01T09:00:00.250Z')],
    ['1795255358 - 1795258958', { kind: 'fixed', from: 1795255358000, to: 1795258958000 }],
    ['1795255358000-1795258958000', { kind: 'fixed', from: 1795255358000, to: 1795258958000 }],
    ['1795255358', { kind: 'fixed', from: 1795255358000 - 15 * MINUTE, to: 1795255358000 + 15 * MINUTE }],
    ['Nov 20 Europe/Berlin', fixed('2026-11-19T23:00:00Z', '2026-11-20T23:00:00Z')],
    ['9:00 - 10:00 America/New_York', fixed('2026-11-21T14:00:00Z', '2026-11-21T15:01:00Z')],
    ['Nov 20 10:00 - 11:00 UTC', fixed('2026-11-20T10:00:00Z', '2026-11-20T11:01:00Z')],
    ['month to date', { kind: 'calendar', name: 'month_to_date' }],
    ['yesterday', { kind: 'calendar', name: 'yesterday' }],
    ['since Jun 1', { kind: 'since', from: at('2026-06-01T00:00:00Z') }],
    ['since 2h ago', { kind: 'since', from: NOW - 2 * HOUR }],
    ['Nov 20 - now', { kind: 'since', from: at('2026-11-20T00:00:00Z') }],
    ['2h ago - 1h ago', { kind: 'fixed', from: NOW - 2 * HOUR, to: NOW - HOUR }],
  ];
  it.each(table)('%s', (text, selection) => {
    expect(parseTime(text, NOW, 'utc')).toEqual({ ok: true, selection });
  });

  it.each(['', 'soon', '5 parsecs', 'Feb 30', '25:00', '13pm', 'Jan 2 - Jan 1', 'since Dec 1 2030', '0s', '1e9h', '99999999y', 'x'.repeat(500), '12', 'Nov 20 Mars/Olympus'])(
    'refuses %s',
    (text) => {
      const parsed = parseTime(text, NOW, 'utc');
      expect(parsed.ok).toBe(false);
    },
  );

  it('reads days in the zone', () => {
    const parsed = parseTime('Nov 20', NOW, 'America/New_York');
    expect(parsed).toEqual({ ok: true, selection: fixed('2026-11-20T05:00:00Z', '2026-11-21T05:00:00Z') });
  });
});

describe('a selection', () => {
  const table: [Selection, string, string][] = [
    [relative(HOUR), '2026-11-21T09:30:00Z', '2026-11-21T10:30:00Z'],
    [{ kind: 'calendar', name: 'today' }, '2026-11-21T00:00:00Z', '2026-11-21T10:30:00Z'],
    [{ kind: 'calendar', name: 'yesterday' }, '2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z'],
    [{ kind: 'calendar', name: 'week_to_date' }, '2026-11-16T00:00:00Z', '2026-11-21T10:30:00Z'],
    [{ kind: 'calendar', name: 'last_month' }, '2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z'],
    [{ kind: 'calendar', name: 'last_year' }, '2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    [fixed('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'), '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
  ];
  it.each(table)('%o means a range and survives the address', (selection, from, to) => {
    expect(resolve(selection, NOW, 'utc')).toEqual({ from: at(from), to: at(to) });
    expect(ofParams(toParams(selection))).toEqual(selection);
  });

  it('of a broken address is the default', () => {
    const hour = relative(HOUR);
    expect(ofParams({ span: 'x' })).toEqual(hour);
    expect(ofParams({ from_ts: 'x', to_ts: '5' })).toEqual(hour);
    expect(ofParams({ from_ts: '9', to_ts: '5' })).toEqual(hour);
    expect(ofParams({ from_ts: '1000', to_ts: '61000', live: 'true' })).toEqual(relative(MINUTE));
  });

  it.each([[HOUR, '1h'], [90 * MINUTE, '1h30m'], [7 * DAY, '1w'], [10 * DAY, '10d'], [45_000, '45s']])(
    '%d ms as text',
    (ms, text) => {
      expect(spanText(ms)).toBe(text);
      expect(spanOf(text)).toBe(ms);
    },
  );
});

describe('a wall clock', () => {
  it.each(['utc', 'America/New_York', 'Europe/Berlin', 'Asia/Kathmandu'])('of %s goes there and back', (zone) => {
    for (let ms = at('2026-03-01T00:00:00Z'); ms < at('2026-04-10T00:00:00Z'); ms += 5 * HOUR) {
      expect(instantOf(wallOf(ms, zone), zone)).toBe(ms);
    }
  });
});

describe('the part under the caret', () => {
  it.each([
    ['5h', 1, 1, '6h'],
    ['5h', 0, -1, '4h'],
    ['0h', 0, -1, '0h'],
    ['Jan 1 - Jan 2', 1, -1, 'Dec 1 - Jan 2'],
    ['Jan 1 - Jan 2', 12, 1, 'Jan 1 - Jan 3'],
    ['10:09', 4, 1, '10:10'],
    ['10:08', 4, 1, '10:09'],
  ])('of %s at %d by %d', (text, caret, delta, expected) => {
    expect(bump(text, caret, delta)?.text).toBe(expected);
  });
});
