/** Values as uPlot draws them: lines with their gaps, areas and bars on top of each other. */
import type uPlot from 'uplot';

import { filled, stacked, withGaps, type ChartData, type ChartSeries } from './data';
import type { ChartKind } from './plot';

export type SeriesKind = NonNullable<ChartSeries['kind']>;

export interface Drawn {
  data: ChartData;
  /** Of series without a kind of their own. */
  kind: ChartKind;
  isLog: boolean;
  hidden: ReadonlySet<string>;
}

export function kindOf(series: ChartSeries | undefined, kind: ChartKind): SeriesKind {
  return series?.kind ?? kind;
}

export function isHidden(series: ChartSeries | undefined, hidden: ReadonlySet<string>): boolean {
  return hidden.has(series?.follows ?? series?.id ?? '');
}

/** Series that stand on each other: of one kind and axis. None for lines. */
export function stackOf(series: ChartSeries, kind: ChartKind): string | undefined {
  const own = kindOf(series, kind);
  return own === 'area' || own === 'bars' ? `${own} ${series.isRight === true}` : undefined;
}

/** Series drawn as stacks have a value everywhere; lines keep their gaps. */
export function plotData({ data, kind, isLog, hidden }: Drawn): uPlot.AlignedData {
  const rows = data.series.map(({ values }) => withGaps(data.times, values));
  const out: (readonly (number | null | undefined)[])[] = [...rows];
  const stacks = new Map<string, number[]>();
  for (const [at, series] of data.series.entries()) {
    const stack = stackOf(series, kind);
    if (stack !== undefined) stacks.set(stack, [...(stacks.get(stack) ?? []), at]);
    // A log axis has no place for them.
    else if (isLog) out[at] = (rows[at] ?? []).map((value) => (value !== undefined && (value ?? 0) <= 0 ? null : value));
  }
  for (const members of stacks.values()) {
    const isShown = (at: number) => !isHidden(data.series[at], hidden);
    const sums = stacked(members.map((at) => (isShown(at) ? filled(data.times, rows[at] ?? []) : data.times.map(() => 0))));
    // Where none of them has a value, the stack has a gap too.
    const isGap = data.times.map((_, i) => members.every((at) => !isShown(at) || rows[at]?.[i] === null));
    for (const [place, at] of members.entries()) out[at] = (sums[place] ?? []).map((value, i) => (isGap[i] ? null : value));
  }
  return [data.times, ...out] as unknown as uPlot.AlignedData;
}
