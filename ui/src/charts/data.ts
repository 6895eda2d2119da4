/** What charts draw, and sums over it. */
import type { UnitPair } from './units';

/** What functions such as `anomalies()` say of a line beside its values. */
export interface SeriesMarks {
  isOutlier?: boolean;
  /** Where values were expected; one of each per time. */
  band?: { lower: readonly (number | null)[]; upper: readonly (number | null)[] };
  /** From here on values are predicted; unix milliseconds. */
  forecastFrom?: number;
  note?: string;
}

export interface ChartSeries {
  /** Unique in the graph, and the same when data is asked for again. */
  id: string;
  label: string;
  /** Group tags, such as `host:web-1`. */
  tags: readonly string[];
  /** The metric, where it is one. */
  metric?: string;
  /** Place in the palette. */
  color: number;
  /** Place of its formula in the request. */
  line?: number;
  /** One per time; null where there is none. */
  values: readonly (number | null)[];
  unit?: UnitPair;
  /** A colour in place of its place's. */
  paint?: string;
  /** Drawn unlike the rest of the chart. */
  kind?: 'line' | 'area' | 'bars' | 'overlay';
  isRight?: boolean;
  /** Pixels of dashes and gaps. */
  dash?: readonly number[];
  /** Pixels. */
  width?: number;
  marks?: SeriesMarks;
  /** Its values are written at its points, where there is room. */
  hasLabels?: boolean;
  /** The id of the series that this one goes on: it is no line of its own in legends. */
  follows?: string;
}

export interface ChartData {
  /** Starts of the intervals, unix milliseconds, ascending. */
  times: readonly number[];
  /** Milliseconds. */
  interval: number;
  series: readonly ChartSeries[];
  /** Why some of it is missing. */
  partial?: string;
}

export interface Summary {
  min: number | null;
  avg: number | null;
  max: number | null;
  last: number | null;
  sum: number | null;
  count: number;
}

export function summarize(values: readonly (number | null)[]): Summary {
  let [min, max, sum, count] = [Infinity, -Infinity, 0, 0];
  let last: number | null = null;
  for (const value of values) {
    if (value === null) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    count += 1;
    last = value;
  }
  if (count === 0) return { min: null, avg: null, max: null, last: null, sum: null, count };
  return { min, avg: sum / count, max, last, sum, count };
}

/** Number of values that are there. */
export function pointCount(data: ChartData): number {
  return data.series.reduce((count, { values }) => count + values.filter((value) => value !== null).length, 0);
}

/** A gap is longer than this many of the series' own steps. */
const GAP_STEPS = 3;

/**
 * Values as uPlot takes them: null breaks the line, undefined does not. Times of other series and
 * single misses do not break it; a real gap does.
 */
export function withGaps(times: readonly number[], values: readonly (number | null)[]): (number | null | undefined)[] {
  const gap = GAP_STEPS * ownStep(times, values);
  const out: (number | null | undefined)[] = [...values];
  let previous = -1;
  for (let at = 0; at < values.length; at += 1) {
    if (values[at] === null || values[at] === undefined) continue;
    const isShort = previous >= 0 && (times[at] ?? 0) - (times[previous] ?? 0) <= gap;
    if (isShort) out.fill(undefined, previous + 1, at);
    previous = at;
  }
  return out;
}

/** The median distance of neighbouring points. */
function ownStep(times: readonly number[], values: readonly (number | null)[]): number {
  const steps: number[] = [];
  let previous: number | undefined;
  for (const [at, value] of values.entries()) {
    if (value === null) continue;
    const time = times[at] ?? 0;
    if (previous !== undefined) steps.push(time - previous);
    previous = time;
  }
  steps.sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 0;
}

/** Fills what `withGaps` leaves undefined by straight lines, and gaps with zero: stacks need a value. */
export function filled(times: readonly number[], values: readonly (number | null | undefined)[]): number[] {
  const out = values.map((value) => value ?? 0);
  for (let at = 0; at < values.length; at += 1) {
    if (values[at] !== undefined) continue;
    let end = at;
    while (end < values.length && values[end] === undefined) end += 1;
    const [from, to] = [values[at - 1] ?? 0, values[end] ?? 0];
    const [start, width] = [times[at - 1] ?? 0, (times[end] ?? 0) - (times[at - 1] ?? 0)];
    for (let i = at; i < end; i += 1) out[i] = from + ((to - from) * ((times[i] ?? 0) - start)) / (width || 1);
    at = end;
  }
  return out;
}

/** Each series on top of those after it: the first is the sum of all. */
export function stacked(rows: readonly (readonly number[])[]): number[][] {
  const out: number[][] = [];
  let below: number[] = [];
  for (let at = rows.length - 1; at >= 0; at -= 1) {
    const row = rows[at] ?? [];
    below = row.map((value, i) => value + (below[i] ?? 0));
    out[at] = below;
  }
  return out;
}

export function isEmpty(data: ChartData): boolean {
  return data.series.every(({ values }) => values.every((value) => value === null));
}

/**
 * The units of a chart's axes: one, or two when lines count two things or stand on the right. Lines
 * without a unit share the first axis. More units than axes make one axis without a unit.
 */
export function axisUnits(data: ChartData, canSplit: boolean): UnitPair[] {
  if (data.series.some(({ isRight }) => isRight)) {
    return [false, true].map((isRight) => {
      const units = distinctUnits(data.series.filter((series) => (series.isRight === true) === isRight));
      return units.length === 1 ? units[0] : null;
    });
  }
  const units = distinctUnits(data.series);
  if (units.length === 0 || units.length > 2 || (units.length === 2 && !canSplit)) return [units.length === 1 ? units[0] : null];
  return units;
}

function distinctUnits(series: readonly ChartSeries[]): UnitPair[] {
  const distinct = new Map<string, UnitPair>();
  for (const { unit } of series) if (unit) distinct.set(JSON.stringify(unit), unit);
  return [...distinct.values()];
}
