/** What a heatmap or histogram asks for: lines as they are, or how the values of a metric spread. */
import type { HistogramAxis } from '../../api/histogram';
import type { AxisLook } from '../../charts/scales';
import type { Variables } from '../../dashboards/variables';
import { bag, text, type Bag } from '../query/json';
import { askedOf, type Asked } from '../query/request';

export interface DensityRequest {
  /** Of a spread its one query, which is not asked for as a line. */
  asked: Asked;
  /** The query whose values are counted. */
  spreadOf?: string;
}

export function densityRequest(request: Bag, variables: Variables): DensityRequest {
  const query = bag(request['query']);
  const isHistogram = request['request_type'] === 'histogram' && Object.keys(query).length > 0;
  const asked = isHistogram ? askedOf({ queries: [query] }, variables) : askedOf(request, variables);
  const [only] = asked.queries;
  // `histogram:` may also stand before a query of the plain form.
  const isSpread = only !== undefined && asked.queries.length === 1 && (isHistogram || /^\s*histogram\s*:/.test(only.query));
  return isSpread ? { asked, spreadOf: only.query } : { asked };
}

/** What the definition says of an axis, as the server counts along it. */
export function countingAxis({ scale, min, max, includesZero }: AxisLook, buckets: number): HistogramAxis {
  // An axis that ends before it begins says nothing.
  const isEmpty = min !== undefined && max !== undefined && min >= max;
  return { isLog: scale === 'log', buckets, includesZero: includesZero === true, ...(isEmpty ? {} : { min, max }) };
}

export function paletteOf(request: Bag | undefined): string | undefined {
  return text(bag(request?.['style'])['palette']);
}

/** Widths of columns that look like something on a clock, in seconds. */
const STEPS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400];

/** The narrowest width of columns, in milliseconds, of which no more than so many fit. */
export function columnWidth(length: number, columns: number): number {
  const least = length / 1000 / Math.max(1, columns);
  const day = 86_400;
  return 1000 * (STEPS.find((step) => step >= least) ?? Math.ceil(least / day) * day);
}
