import { describe, expect, it } from 'vitest';

import { KINDS } from '../../../widgets/registry';
import { getAt, pathOf } from '../path';
import type { Field } from './field';
import { formOf, hasForm } from './index';

/** What is edited as JSON: their data arrives later, and their queries have shapes of their own. */
const JSON_ONLY = ['user_journey_funnel'];

const fieldsOf = (type: string): Field[] => formOf(type).sections.flatMap(({ fields }) => fields);

describe('forms of kinds', () => {
  it('every kind has one, or says that JSON is its form', () => {
    const without = KINDS.filter(({ type }) => !hasForm(type)).map(({ type }) => type);
    expect(without.filter((type) => !JSON_ONLY.includes(type))).toEqual([]);
    for (const type of without) expect(formOf(type).note).toBeDefined();
  });

  it.each(KINDS.map(({ type }) => type))('no field of %s asks twice for the same', (type) => {
    // Of fields with a condition, only one is shown at a time.
    const paths = fieldsOf(type).filter(({ when }) => when === undefined).map(({ path }) => path);
    expect(paths.filter((path, at) => paths.indexOf(path) !== at)).toEqual([]);
  });

  it.each(KINDS)('choices of $type hold what a new one has', ({ type, make }) => {
    const made = make();
    const odd = fieldsOf(type).filter(({ when }) => when?.(made) ?? true).filter((field) => {
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

  it('ways through a site are asked for unlike flows of a network', () => {
    const shown = (definition: Record<string, unknown>) => fieldsOf('sankey').filter(({ when }) => when?.(definition as never) ?? true).map(({ path }) => path.replace('requests.0.query.', ''));
    const of = (request_type: string, mode: string) => ({ type: 'sankey', requests: [{ request_type, query: { mode } }] });
    expect(shown(of('sankey', 'target'))).toContain('target');
    expect(shown(of('sankey', 'target'))).not.toContain('source');
    expect(shown(of('netflow_sankey', 'target'))).toEqual(expect.arrayContaining(['group_by', 'limit']));
    for (const definition of [of('sankey', 'source'), of('netflow_sankey', 'target'), { type: 'sankey' }]) {
      const paths = shown(definition);
      expect(paths.filter((path, at) => paths.indexOf(path) !== at)).toEqual([]);
    }
  });
});
