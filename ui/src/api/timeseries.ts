/** Metric queries over time: `POST /api/v2/query/timeseries`. */
import { assignColors } from '../charts/palette';
import type { ChartData, ChartSeries, SeriesMarks } from '../charts/data';
import type { UnitPair } from '../charts/units';
import { api } from './client';

export interface NamedQuery {
  /** `a`, `b`, … as formulas name it. */
  name: string;
  query: string;
}

export interface TimeseriesRequest {
  queries: readonly NamedQuery[];
  /** Without any, each query is drawn. */
  formulas?: readonly string[];
  /** Of the formula at the same place: only so many of its lines. */
  limits?: readonly ({ count: number; order: 'asc' | 'desc' } | undefined)[];
  /** Unix milliseconds. */
  from: number;
  to: number;
  /** Of the points, in milliseconds, where the query says none; the server chooses otherwise. */
  interval?: number | undefined;
}

interface Answer {
  data: {
    attributes: {
      series: { group_tags: string[]; query_index: number; unit: UnitPair; procyon?: RawMarks }[];
      times: number[];
      values: (number | null)[][];
    };
  };
  /** Why some of it is missing. */
  errors?: string;
}

/** What some functions say of a line beside its values; bands stand at the answer's times. */
interface RawMarks {
  is_outlier?: boolean | null;
  band?: { lower: (number | null)[]; upper: (number | null)[] } | null;
  /** Unix milliseconds. */
  forecast_from?: number | null;
  note?: string | null;
}

export async function timeseries(request: TimeseriesRequest, signal?: AbortSignal): Promise<ChartData> {
  const formulas = request.formulas ?? request.queries.map(({ name }) => name);
  const answer = await api.post<Answer>(
    '/api/v2/query/timeseries',
    {
      data: {
        type: 'timeseries_request',
        attributes: {
          from: Math.round(request.from),
          to: Math.round(request.to),
          ...(request.interval ? { interval: request.interval } : {}),
          formulas: formulas.map((formula, at) => ({ formula, ...(request.limits?.[at] ? { limit: request.limits[at] } : {}) })),
          queries: request.queries.map(({ name, query }) => ({ data_source: 'metrics', name, query })),
        },
      },
    },
    signal,
  );
  return chartData(answer, request.queries, formulas);
}

/** Metrics in a query's text. */
export function metricOf(query: string): string | undefined {
  return /(?:^|[\s(:])([a-zA-Z][\w.]*)\s*\{/.exec(query)?.[1];
}

function chartData(answer: Answer, queries: readonly NamedQuery[], formulas: readonly string[]): ChartData {
  const { series, times, values } = answer.data.attributes;
  const interval = smallestStep(times);
  const spread = withHoles(times, values, interval);
  const keyOf = (at: number) => {
    const { group_tags: tags, query_index: index } = series[at] ?? { group_tags: [], query_index: 0 };
    // The same group of a second line gets another colour.
    return index === 0 ? tags.join(',') : `${tags.join(',')} ${formulas[index] ?? index}`;
  };
  const colors = assignColors(series.map((_, at) => keyOf(at)).filter((_key, at) => (series[at]?.group_tags.length ?? 0) > 0));
  const chart = series.map((line, at): ChartSeries => {
    const { group_tags: tags, query_index: index, unit } = line;
    const formula = formulas[index] ?? '';
    const query = queries.find(({ name }) => name === formula.trim())?.query;
    const metric = query === undefined ? undefined : metricOf(query);
    return {
      id: keyOf(at) || `line ${index}`,
      label: labelOf(tags, query ?? formula, formula, formulas.length),
      tags,
      color: tags.length > 0 ? (colors.get(keyOf(at)) ?? 0) : index,
      line: index,
      values: spread.values[at] ?? [],
      unit,
      ...(metric ? { metric } : {}),
      ...marksOf(line.procyon, times, interval),
    };
  });
  return { times: spread.times, interval, series: chart, ...(answer.errors ? { partial: answer.errors } : {}) };
}

function marksOf(raw: RawMarks | undefined, times: readonly number[], interval: number): { marks?: SeriesMarks } {
  if (!raw) return {};
  const { band } = raw;
  const spread = band && withHoles(times, [band.lower, band.upper], interval).values;
  const marks: SeriesMarks = {
    ...(raw.is_outlier === true ? { isOutlier: true } : {}),
    ...(spread ? { band: { lower: spread[0] ?? [], upper: spread[1] ?? [] } } : {}),
    ...(typeof raw.forecast_from === 'number' ? { forecastFrom: raw.forecast_from } : {}),
    ...(raw.note ? { note: raw.note } : {}),
  };
  return { marks };
}

function labelOf(tags: readonly string[], text: string, name: string, lines: number): string {
  if (tags.length === 0) return lines > 1 && text !== name ? `${name}: ${text}` : text;
  return lines > 1 ? `${name}: ${tags.join(', ')}` : tags.join(', ');
}

function smallestStep(times: readonly number[]): number {
  let least = Infinity;
  for (let at = 1; at < times.length; at += 1) least = Math.min(least, (times[at] ?? 0) - (times[at - 1] ?? 0));
  return Number.isFinite(least) ? least : 60_000;
}

interface Spread {
  times: number[];
  values: (number | null)[][];
}

/** The answer has only times with a value: where nothing at all came, the lines must break. */
function withHoles(times: readonly number[], values: readonly (number | null)[][], interval: number): Spread {
  const out: Spread = { times: [], values: values.map(() => []) };
  for (const [at, time] of times.entries()) {
    const before = times[at - 1];
    if (before !== undefined && time - before > 1.5 * interval) {
      out.times.push(before + interval);
      for (const row of out.values) row.push(null);
    }
    out.times.push(time);
    for (const [row, line] of values.entries()) out.values[row]?.push(line[at] ?? null);
  }
  return out;
}
