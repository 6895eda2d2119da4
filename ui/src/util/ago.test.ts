import { expect, it } from 'vitest';

import { agoText } from './ago';

const NOW = Date.UTC(2026, 10, 21, 12);

it.each([
  [-60_000, 'just now'],
  [59_000, 'just now'],
  [60_000, '1 min ago'],
  [59 * 60_000, '59 min ago'],
  [3_600_000, '1 h ago'],
  [86_399_000, '23 h ago'],
  [86_400_000, '1 d ago'],
  [7 * 86_400_000, '14 Nov 2026'],
  [400 * 86_400_000, '17 Oct 2025'],
])('%d ms ago: %s', (age, text) => {
  expect(agoText(NOW - age, NOW)).toBe(text);
});
