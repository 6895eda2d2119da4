import { describe, expect, it } from 'vitest';

import { drawingOf, recordsOf, stackedMarks, type DataRow } from './marks';
import { readSpec, type Spec } from './spec';

const X = { field: 'service', type: 'nominal' };
const Y = { field: 'query1', type: 'quantitative' };
const of = (contents: unknown, type = 'vega-lite') => ({ specification: { type, contents } });
const understood = (contents: unknown): Spec => {
  const read = readSpec(of(contents));
  if ('lacks' in read) throw new Error(read.lacks.join());
  return read.spec;
};

describe('a specification', () => {
  it.each([
    [{ mark: 'bar', encoding: { x: X, y: Y } }, 'bar'],
    [{ mark: { type: 'circle', color: '#f00' }, encoding: { x: Y, y: Y, size: Y } }, 'point'],
    [{ $schema: 'x', width: 'container', config: {}, mark: 'arc', encoding: { theta: Y, color: X, tooltip: [X] } }, 'arc'],
    [{ mark: 'area', encoding: { x: X, y: { aggregate: 'count' }, color: { value: 'red' } }, transform: [] }, 'area'],
    [{ data: { values: [{ service: 'a', query1: 1 }] }, mark: 'line', encoding: { x: X, y: Y } }, 'line'],
  ])('%j is read', (contents, mark) => expect(understood(contents).mark).toBe(mark));

  it.each([
    [of({ mark: 'bar', encoding: { x: X, y: Y }, transform: [{ fold: ['a'] }] }), ['transform']],
    [of({ layer: [{ mark: 'bar' }] }), ['layer']],
    [of({ mark: 'geoshape' }), ['mark "geoshape"']],
    [of({ mark: 'bar', encoding: { x: X } }), ['a bar without encoding.y']],
    [of({ mark: 'arc', encoding: { color: X } }), ['an arc without encoding.theta']],
    [of({ mark: 'bar', encoding: { x: { ...X, bin: true }, y: { ...Y, aggregate: 'stdev' }, row: X } }), ['encoding.x.bin', 'encoding.y.aggregate stdev', 'encoding.row']],
    [of({ mark: 'bar', encoding: { x: X, y: {} } }), ['encoding.y without a field', 'a bar without encoding.y']],
    [of({}, 'vega'), ['Vega (only Vega-Lite is read)']],
  ])('%j names what is not understood', (definition, lacks) => expect(readSpec(definition)).toEqual({ lacks }));

  it.each([{}, { specification: null }, of(null), of('bar'), of([]), of({ mark: {} }), of({ mark: 'toString', encoding: [] }), of({ mark: 'bar', encoding: { x: null, y: 7 } }), of({ mark: 'bar', encoding: { __proto__: X, constructor: X } })])('bears %j', (odd) => {
    expect('lacks' in readSpec(odd as never)).toBe(true);
  });
});

const ROWS: readonly DataRow[] = [
  { fields: { service: 'web', env: 'prod', query1: 5, size: 2 }, tags: ['service:web'] },
  { fields: { service: 'web', env: 'dev', query1: 3, size: 1 }, tags: [] },
  { fields: { service: 'db', env: 'prod', query1: 9, size: null }, tags: [] },
  { fields: { service: 'db', env: 'dev', query1: null }, tags: [] },
];

describe('marks', () => {
  it.each([
    [{}, ['db', 'web']],
    [{ sort: '-y' }, ['db', 'web']],
    [{ sort: 'y' }, ['web', 'db']],
    [{ sort: 'descending' }, ['web', 'db']],
    [{ sort: ['web'] }, ['web', 'db']],
  ])('stand in the order of %j', (more, names) => {
    expect(drawingOf(understood({ mark: 'bar', encoding: { x: { ...X, ...more }, y: Y } }), ROWS).names).toEqual(names);
  });

  it.each([
    ['sum', 8],
    ['mean', 4],
    ['max', 5],
    ['min', 3],
    ['count', 2],
  ])('%s of a group', (aggregate, value) => {
    const { marks } = drawingOf(understood({ mark: 'bar', encoding: { x: X, y: { ...Y, aggregate } } }), ROWS);
    expect(marks.find(({ across }) => across === 'web')?.value).toBe(value);
  });

  it('lie on their side where names stand upright', () => {
    const drawing = drawingOf(understood({ mark: 'bar', encoding: { y: X, x: Y, color: { field: 'env' } } }), ROWS);
    expect(drawing.isSideways).toBe(true);
    expect(drawing.groups).toEqual(['prod', 'dev']);
    expect(stackedMarks(drawing, true).filter(({ mark }) => mark.across === 'web').map(({ from, to }) => [from, to])).toEqual([[0, 5], [5, 8]]);
  });

  it('keep every point, and say which field nobody has', () => {
    const drawing = drawingOf(understood({ mark: 'point', encoding: { x: Y, y: { field: 'nothing', type: 'quantitative' }, size: { field: 'size' } } }), ROWS);
    expect(drawing.unknown).toEqual(['nothing']);
    expect(drawingOf(understood({ mark: 'point', encoding: { x: Y, y: Y } }), ROWS).marks.map(({ across }) => across)).toEqual([5, 3, 9]);
  });

  it('know formulas by all their names', () => {
    const line = { formula: 'query1', label: 'sum:a{*}', format: {}, conditions: [] };
    const [record] = recordsOf({ keys: ['service'], columns: [{ request: 0, line, title: 'Requests', unit: null }], rows: [{ id: 'a', tags: ['service:web'], values: [4] }] });
    expect(record?.fields).toEqual({ service: 'web', query1: 4, Requests: 4, 'sum:a{*}': 4, value1: 4 });
  });
});
