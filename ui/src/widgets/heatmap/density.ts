/** How many values lie where: of many lines, or of all values of a metric as the server counts them. */
import type { Histogram } from '../../api/histogram';
import type { ChartData, ChartSeries } from '../../charts/data';

export interface Bins {
  /** Edges, ascending; one more than there are bins. */
  edges: readonly number[];
  isLog: boolean;
}

export interface Density extends Bins {
  times: readonly number[];
  interval: number;
  /** By time, then by bin: lines or values. */
  cells: readonly (readonly number[])[];
  most: number;
  /** Of each time: how many lie above and below all bins. */
  beyond?: readonly { below: number; above: number }[];
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

/** Of all values, as they were counted. */
export function densityOfHistogram({ edges, times, interval, columns }: Histogram, isLog: boolean): Density {
  const cells = columns.map(({ counts }) => counts);
  return { edges, isLog, times, interval, cells, most: mostOf(cells), beyond: columns };
}

function mostOf(cells: readonly (readonly number[])[]): number {
  return cells.reduce((most, column) => column.reduce((own, count) => Math.max(own, count), most), 0);
}

/** The column that covers a time; -1 where there is none. */
export function columnAt({ times, interval }: Pick<Density, 'times' | 'interval'>, time: number): number {
  let [from, to] = [0, times.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((times[middle] ?? 0) <= time) from = middle + 1;
    else to = middle;
  }
  const start = times[from - 1];
  return start !== undefined && time - start < interval ? from - 1 : -1;
}

/** Of the lines in one cell the closest to a value. */
export function closestLine(data: ChartData, density: Bins, at: number, value: number): { series: ChartSeries; value: number } | undefined {
  const bin = binOf(density, value);
  let closest: { series: ChartSeries; value: number } | undefined;
  for (const series of data.series) {
    const own = series.values[at];
    if (typeof own !== 'number' || bin < 0 || binOf(density, own) !== bin) continue;
    if (!closest || Math.abs(own - value) < Math.abs(closest.value - value)) closest = { series, value: own };
  }
  return closest;
}

/** What is said of values that lie beyond the axis. */
export function beyondNote({ total, count, min, max }: Pick<Histogram, 'total' | 'count' | 'min' | 'max'>, written: (value: number) => string): readonly string[] {
  const share = (part: number) => {
    const percent = (part / count) * 100;
    return percent < 0.1 ? 'under 0.1%' : `${percent.toFixed(1)}%`;
  };
  const said = [
    ...(total.above > 0 ? [`${share(total.above)} above, up to ${written(max)}`] : []),
    ...(total.below > 0 ? [`${share(total.below)} below, down to ${written(min)}`] : []),
  ];
  return said.length > 0 ? [`Beyond the axis: ${said.join('; ')}`] : [];
}
