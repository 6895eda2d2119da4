/** How the values of a metric spread: `POST /api/procyon/query/histogram`. */
import type { UnitPair } from '../charts/units';
import { api } from './client';

export interface HistogramAxis {
  isLog: boolean;
  buckets: number;
  /** Where it begins and ends; by the values where it is not said. */
  min?: number | undefined;
  max?: number | undefined;
  includesZero?: boolean | undefined;
}

export interface HistogramRequest {
  /** Of one metric, without functions. */
  query: string;
  /** Unix milliseconds. */
  from: number;
  to: number;
  /** Milliseconds between two columns; without it there is only the total. */
  interval?: number | undefined;
  axis: HistogramAxis;
}

export interface Counts {
  /** Between two edges each. */
  counts: readonly number[];
  /** Beyond them. */
  below: number;
  above: number;
}

export interface Histogram {
  /** Ascending; none where there are no values. */
  edges: readonly number[];
  /** Starts of the columns that have values, each `interval` milliseconds wide. */
  times: readonly number[];
  interval: number;
  /** Beside the times. */
  columns: readonly Counts[];
  total: Counts;
  count: number;
  min: number;
  max: number;
  /** `p50` and its kin, as the share below and the value. */
  percentiles: readonly (readonly [name: string, value: number])[];
  unit: UnitPair;
  partial?: string;
}

interface Answer {
  data: {
    attributes: {
      edges: number[];
      interval: number;
      times?: number[];
      counts?: number[][];
      below?: number[];
      above?: number[];
      total: Counts;
      count: number;
      min: number;
      max: number;
      percentiles: Record<string, number>;
      unit: UnitPair;
    };
  };
}

export async function histogram({ query, from, to, interval, axis }: HistogramRequest, signal?: AbortSignal): Promise<Histogram> {
  const attributes = {
    from: Math.round(from),
    to: Math.round(to),
    ...(interval === undefined ? {} : { interval: Math.round(interval) }),
    over_time: interval !== undefined,
    queries: [{ data_source: 'metrics', query }],
    axis: { scale: axis.isLog ? 'log' : 'linear', buckets: axis.buckets, min: axis.min ?? null, max: axis.max ?? null, include_zero: axis.includesZero === true },
  };
  const answer = await api.post<Answer>('/api/procyon/query/histogram', { data: { type: 'histogram_request', attributes } }, signal);
  const { times = [], counts = [], below = [], above = [], percentiles, ...rest } = answer.data.attributes;
  const columns = times.map((_, at) => ({ counts: counts[at] ?? [], below: below[at] ?? 0, above: above[at] ?? 0 }));
  return { ...rest, times, columns, percentiles: Object.entries(percentiles) };
}
