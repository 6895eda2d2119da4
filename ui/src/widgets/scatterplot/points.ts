/** Points of a scatter plot: a group's values of two formulas, or of two requests of the old form. */
import type { Variables } from '../../dashboards/variables';
import { bag, list, oneOf, text } from '../query/json';
import { askedOf, type Asked } from '../query/request';
import { keyOf, nameOf, valueOf, type Grid } from '../query/rows';

export const DIMENSIONS = ['x', 'y', 'radius', 'color'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export interface ScatterRequest {
  requests: readonly Asked[];
  /** Of each column of the grid. */
  dimensions: readonly (Dimension | undefined)[];
}

/** Source: openapi core-v1, `ScatterPlotWidgetDefinitionRequests`. */
export function scatterRequest(value: unknown, variables: Variables): ScatterRequest {
  const raw = bag(value);
  const table = bag(raw['table']);
  if (list(table['queries']).length > 0) {
    const asked = askedOf(table, variables);
    const written = list(table['formulas']).map(bag);
    const byFormula = new Map(written.map((one) => [text(one['formula']) ?? '', oneOf(one['dimension'], DIMENSIONS)]));
    return { requests: [asked], dimensions: asked.formulas.map(({ formula }) => byFormula.get(formula)) };
  }
  const named = (['x', 'y'] as const).map((dimension) => ({ dimension, asked: askedOf(bag(raw[dimension]), variables) }));
  return { requests: named.map(({ asked }) => asked), dimensions: named.flatMap(({ dimension, asked }) => asked.formulas.map((_, at) => (at === 0 ? dimension : undefined))) };
}

export interface Point {
  id: string;
  name: string;
  tags: readonly string[];
  x: number;
  y: number;
  /** 0 to 1, of the largest. */
  size: number | undefined;
  /** Values of the groups that colour it. */
  group: string;
}

export function pointsOf(grid: Grid, dimensions: readonly (Dimension | undefined)[], colorBy: readonly string[]): Point[] {
  const place = (dimension: Dimension) => dimensions.indexOf(dimension);
  const [x, y, radius] = [place('x'), place('y'), place('radius')];
  const most = Math.max(0, ...grid.rows.map(({ values }) => values[radius] ?? 0));
  return grid.rows.flatMap((row): Point[] => {
    const [across, up, size] = [row.values[x], row.values[y], row.values[radius]];
    if (typeof across !== 'number' || typeof up !== 'number') return [];
    const keys = row.tags.filter((tag) => colorBy.includes(keyOf(tag)));
    const group = keys.map(valueOf).join(', ');
    return [{ id: row.id, name: nameOf(row), tags: row.tags, x: across, y: up, size: typeof size === 'number' && most > 0 ? Math.max(0, size) / most : undefined, group }];
  });
}
