import { expect, it } from 'vitest';

import { readJson } from './read-json';

it.each([
  ['{"a": 1}', true],
  ['[1, 2', false],
  ['{"a": }', false],
  ['', false],
])('%s is JSON: %s', (text, isJson) => {
  const read = readJson(text);
  expect(read.ok).toBe(isJson);
  if (!read.ok) {
    expect(read.message).not.toBe('');
    expect(read.at).toBeGreaterThanOrEqual(0);
    expect(read.at).toBeLessThanOrEqual(text.length);
  }
});
