import { describe, expect, it } from 'vitest';

import type { TemplateVariable } from '../model';
import { emptyRow, mistakeOf, rowOf, variableOf } from './rows';
import { metricsOf } from './use-tag-values';

describe('variables as rows', () => {
  it.each([
    [{ name: 'env', prefix: 'env', default: 'prod' }],
    [{ name: 'env', prefix: null, defaults: ['a', 'b'], available_values: null }],
    [{ name: 'x', available_values: ['1', '2'], type: 'group' }],
  ] as [TemplateVariable][])('%j comes back as it was', (variable) => {
    expect(variableOf(rowOf(variable))).toEqual(variable);
  });

  it('are changed only where they were', () => {
    const row = rowOf({ name: 'env', prefix: 'env', default: 'prod', type: 'group' });
    expect(variableOf({ ...row, defaults: 'a, b, a', available: 'a,b' })).toEqual({ name: 'env', prefix: 'env', type: 'group', defaults: ['a', 'b'], available_values: ['a', 'b'] });
    expect(variableOf({ ...emptyRow(), name: ' n ', defaults: '' })).toEqual({ name: 'n', prefix: null, defaults: ['*'], available_values: [] });
  });

  it.each([
    ['', true],
    ['1a', true],
    ['a b', true],
    ['app.name', false],
    ['twice', true],
  ])('the name “%s” is wrong: %s', (name, isWrong) => {
    const row = { ...emptyRow(), name };
    expect(mistakeOf(row, [row, { ...emptyRow(), name: 'twice' }]) !== undefined).toBe(isWrong);
  });
});

it('finds the metrics of a dashboard, those of the variable first', () => {
  const widgets = [
    { definition: { type: 'timeseries', requests: [{ q: 'avg:a.b{*} by {host}' }, { queries: [{ query: 'sum:c.d{$env, role:web}.as_rate()' }] }] } },
    { definition: { type: 'group', widgets: [{ definition: { type: 'note', content: 'p95:e{$env}' } }] } },
  ];
  expect(metricsOf({ widgets }, 'env')).toEqual(['c.d', 'e', 'a.b']);
});
