/**
 * How many values lie where: of many lines, or of a distribution. Distributions are asked for by
 * their percentiles, as the server answers no buckets: between two of them the values are taken to
 * lie evenly, so the density is a sketch whose shares are exact at the percentiles.
 */
import type { ChartData } from '../../charts/data';

export interface Bins {
  /** Edges, ascending; one more than there are bins. */
  edges: readonly number[];
  isLog: boolean;
}

export interface Density extends Bins {
  times: readonly number[];
  interval: number;
  /** By time, then by bin: lines, or share of the distribution. */
  cells: readonly (readonly number[])[];
  most: number;
}

/** Percentiles that are asked for, with the share of values below each. */
export const QUANTILES: readonly (readonly [name: string, share: number])[] = [
  ['min', 0],
  ['p50', 0.5],
  ['p75', 0.75],
  ['p90', 0.9],
  ['p95', 0.95],
  ['p99', 0.99],
  ['max', 1],
];

/** The queries by percentile: `histogram:m{*}` or `avg:m{*}` becomes `p50:m{*}`. */
export function quantileQueries(query: string): string[] {
  const bare = query.replace(/^\s*(?:[a-z]\w*(?:\([^)]*\))?\s*:)?\s*/, '').replace(/\bby\s*\{[^}]*\}/, '').trim();
  return QUANTILES.map(([name]) => `${name}:${bare}`);
}

export function binsOf(values: Iterable<number>, { isLog, count, min, max, includesZero }: { isLog: boolean; count: number; min?: number | undefined; max?: number | undefined; includesZero?: boolean | undefined }): Bins {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value) || (isLog && value <= 0)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(low <= high)) [low, high] = isLog ? [0.1, 1] : [0, 1];
  if (includesZero && !isLog) [low, high] = [Math.min(0, low), Math.max(0, high)];
  [low, high] = [min !== undefined && !(isLog && min <= 0) ? min : low, max ?? high];
  if (!(low < high)) [low, high] = isLog ? [low / 2, low * 2] : [low - Math.max(0.5, Math.abs(low) * 0.1), low + Math.max(0.5, Math.abs(low) * 0.1)];
  const edges = Array.from({ length: count + 1 }, (_, at) => (isLog ? low * (high / low) ** (at / count) : low + ((high - low) * at) / count));
  return { edges, isLog };
}

/** The bin of a value; -1 where it lies in none. */
export function binOf({ edges, isLog }: Bins, value: number): number {
  const [low, high] = [edges[0] ?? 0, edges.at(-1) ?? 1];
  if (!(value >= low) || !(value <= high)) return -1;
  const share = isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.min(edges.length - 2, Math.max(0, Math.floor(share * (edges.length - 1))));
}

function* valuesOf(data: ChartData): Generator<number> {
  for (const { values } of data.series) for (const value of values) if (value !== null) yield value;
}

export interface DensityLook {
  isLog: boolean;
  bins: number;
  min?: number | undefined;
  max?: number | undefined;
  includesZero?: boolean | undefined;
}

/** Of each line a value per time. */
export function densityOfLines(data: ChartData, look: DensityLook): Density {
  const bins = binsOf(valuesOf(data), { ...look, count: look.bins });
  const cells = data.times.map((_, at) => {
    const column = new Array<number>(look.bins).fill(0);
    for (const { values } of data.series) {
      const bin = binOf(bins, values[at] ?? NaN);
      if (bin >= 0) column[bin] = (column[bin] ?? 0) + 1;
    }
    return column;
  });
  return { ...bins, times: data.times, interval: data.interval, cells, most: mostOf(cells) };
}

/** Of lines that are the percentiles of one distribution, by their formula's place. */
export function densityOfQuantiles(data: ChartData, look: DensityLook): Density {
  // The largest of all would leave no room for the rest.
  const bins = binsOf(valuesOf({ ...data, series: data.series.filter(({ line }) => (QUANTILES[line ?? 0]?.[1] ?? 1) < 1) }), { ...look, count: look.bins });
  const byPlace = QUANTILES.map((_, place) => data.series.find(({ line = 0 }) => line === place)?.values);
  const cells = data.times.map((_, at) => {
    const points = QUANTILES.flatMap(([, share], place) => {
      const value = byPlace[place]?.[at];
      return typeof value === 'number' ? [[value, share] as const] : [];
    });
    return spreadQuantiles(points, bins);
  });
  return { ...bins, times: data.times, interval: data.interval, cells, most: mostOf(cells) };
}

/** The share of the values in each bin. */
export function spreadQuantiles(points: readonly (readonly [value: number, share: number])[], { edges }: Bins): number[] {
  const below = edges.map((edge) => shareBelow(points, edge));
  return below.slice(1).map((share, at) => Math.max(0, share - (below[at] ?? 0)));
}

function shareBelow(points: readonly (readonly [number, number])[], value: number): number {
  const [first] = points;
  if (!first || value < first[0]) return 0;
  for (const [at, [to, share]] of points.entries()) {
    if (value >= to) continue;
    const [from, before] = points[at - 1] ?? [to, share];
    return before + ((share - before) * (value - from)) / (to - from || 1);
  }
  return 1;
}

function mostOf(cells: readonly (readonly number[])[]): number {
  return cells.reduce((most, column) => column.reduce((own, count) => Math.max(own, count), most), 0);
}

/** All times together: how much lies in each bin. */
export function totals({ cells, edges }: Density): number[] {
  const sums = new Array<number>(edges.length - 1).fill(0);
  for (const column of cells) for (const [bin, count] of column.entries()) sums[bin] = (sums[bin] ?? 0) + count;
  return sums;
}
