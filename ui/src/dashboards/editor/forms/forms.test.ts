import { describe, expect, it } from 'vitest';

import { KINDS } from '../../../widgets/registry';
import { getAt, pathOf } from '../path';
import type { Field } from './field';
import { formOf, hasForm } from './index';

/** What is edited as JSON: their data arrives later, and their queries have shapes of their own. */
const JSON_ONLY = ['cohort', 'funnel', 'point_plot', 'retention_curve', 'sankey', 'topology_map', 'user_journey_funnel', 'wildcard'];

const fieldsOf = (type: string): Field[] => formOf(type).sections.flatMap(({ fields }) => fields);

describe('forms of kinds', () => {
  it('every kind has one, or says that JSON is its form', () => {
    const without = KINDS.filter(({ type }) => !hasForm(type)).map(({ type }) => type);
    expect(without.filter((type) => !JSON_ONLY.includes(type))).toEqual([]);
    for (const type of without) expect(formOf(type).note).toBeDefined();
  });

  it.each(KINDS.map(({ type }) => type))('no field of %s asks twice for the same', (type) => {
    const paths = fieldsOf(type).map(({ path }) => path);
    expect(paths.filter((path, at) => paths.indexOf(path) !== at)).toEqual([]);
  });

  it.each(KINDS)('choices of $type hold what a new one has', ({ type, make }) => {
    const made = make();
    const odd = fieldsOf(type).filter((field) => {
      const value = getAt(made, pathOf(field.path));
      return field.kind === 'select' && typeof value === 'string' && value !== '' && !field.options.some((option) => option.value === value);
    });
    expect(odd.map(({ path }) => path)).toEqual([]);
  });

  it('a scatter plot draws every formula as something', () => {
    const complete = formOf('scatterplot').queries?.complete;
    const request = { formulas: [{ formula: 'query1', dimension: 'y' }, { formula: 'query2' }, { formula: 'query3' }] };
    expect(complete?.(request)['formulas']).toEqual([
      { formula: 'query1', dimension: 'y' },
      { formula: 'query2', dimension: 'x' },
      { formula: 'query3', dimension: 'radius' },
    ]);
    expect(complete?.({ q: 'x' })).toEqual({ q: 'x' });
  });
});
