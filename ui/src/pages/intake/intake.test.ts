import { describe, expect, it } from 'vitest';

import { keyProblems, rowsOf, whatOf, type OutcomeRow } from './data';
import { hintOf, reasonText } from './hints';
import { verdictOf } from './verdict';

const NOW = 10_000_000;
const out = (outcome: string, last_seen: number, reason = '', count = 1): OutcomeRow => ({ outcome, reason, count, last_seen });
const rows = (...outcomes: OutcomeRow[]) => rowsOf({ routes: [{ route: '/api/v2/series', outcomes }] });

it('sums up a route', () => {
  const [row] = rows(out('accepted', 5, '', 7), out('invalid', 9, 'bad_json', 2), out('rate_limited', 8, 'intake_busy'), out('discarded', 3, 'not_served_yet', 4));
  expect(row).toMatchObject({ what: 'Metrics', accepted: 7, lastAccepted: 5, refused: 3, lastRefused: 9, discarded: 4, lastDiscarded: 3 });
  expect(row?.problems.map((problem) => problem.reason)).toEqual(['bad_json', 'intake_busy', 'not_served_yet']);
});

it('finds refused keys', () => {
  expect(keyProblems(rows(out('invalid', 1, 'unknown_api_key'), out('invalid', 1, 'bad_json'))).length).toBe(1);
});

describe('the verdict', () => {
  it.each([
    [[], 'Nothing was sent here since the server started'],
    [rows(out('invalid', NOW, 'unknown_api_key')), 'Senders are refused because of their keys'],
    [rows(out('invalid', NOW, 'bad_json')), 'All that arrived was refused'],
    [rows(out('discarded', NOW, 'not_served_yet')), 'Only data that is not kept yet arrives'],
    [rows(out('accepted', NOW - 300_000)), 'It has become silent'],
    [rows(out('accepted', NOW), out('invalid', NOW, 'missing_api_key')), 'Data arrives, but some senders have wrong keys'],
    [rows(out('accepted', NOW), out('invalid', NOW, 'bad_json')), 'Data arrives, but some of it is refused'],
    [rows(out('accepted', NOW), out('invalid', NOW - 3_600_000, 'bad_json')), 'Data arrives'],
  ])('%#', (given, title) => {
    expect(verdictOf(given, NOW).title).toBe(title);
  });
});

it.each([
  ['/api/v2/series', 'Metrics'],
  ['/api/v2/logs', 'Logs'],
  ['/intake/', 'Host metadata, events'],
  ['/something/new', 'Other data'],
])('%s is %s', (route, what) => {
  expect(whatOf(route)).toBe(what);
});

it('every refusal has a hint', () => {
  expect(hintOf('bad_json', 'invalid').what).toContain('JSON');
  expect(hintOf('never_heard_of', 'invalid').then).not.toBe('');
  expect(hintOf('never_heard_of', 'never').then).not.toBe('');
  expect(reasonText('unknown_api_key')).toBe('Unknown API key');
});
