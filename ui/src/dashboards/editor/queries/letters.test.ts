import { describe, expect, it } from 'vitest';

import { lettersOf, namesIn, nextName, shown, written } from './letters';

describe('letters of queries', () => {
  it.each([
    [['query1', 'query2'], ['a', 'b']],
    [['errors', 'query2'], ['errors', 'b']],
    [['b', 'query2'], ['b', 'query2']],
    [['query2', 'query1'], ['a', 'b']],
  ])('%j are %j', (names, letters) => expect([...lettersOf(names).values()]).toEqual(letters));

  it.each([
    ['query1 / query2 * 100', 'a / b * 100'],
    ['a(query1) + default_zero(query2)', 'a(a) + default_zero(b)'],
    ["anomalies(query1, 'query1', 2)", "anomalies(a, 'query1', 2)"],
    ['query10 - query1', 'query10 - a'],
  ])('%s is shown as %s, and back', (formula, text) => {
    const letters = lettersOf(['query1', 'query2']);
    expect(shown(formula, letters)).toBe(text);
    expect(written(text, letters)).toBe(formula);
  });

  it('finds names', () => {
    expect(namesIn('abs(query2) + query1', ['query1', 'query2', 'query3'])).toEqual(['query1', 'query2']);
    expect(nextName(['query1', 'query3', 'x'])).toBe('query4');
    expect(nextName(['query2'])).toBe('query3');
  });
});
