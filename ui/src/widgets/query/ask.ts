/** The data of a widget's requests, each asked for by itself: one that fails spoils no other. */
import { useQueries } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';

import { histogram, type Histogram, type HistogramAxis } from '../../api/histogram';
import { scalars, type Scalars } from '../../api/scalar';
import { timeseries } from '../../api/timeseries';
import type { ChartData } from '../../charts/data';
import type { Range } from '../../time/selection';
import { useWidget } from '../context';
import type { Asked } from './request';

/** Of a request: its answer, if it came. */
export interface Answered<T> {
  data?: T | undefined;
  error: unknown;
}

export interface Answers<T> {
  parts: readonly Answered<T>[];
  /** Nothing has come yet. */
  isPending: boolean;
  /** Shown is what an earlier time was answered. */
  isOld: boolean;
  refetch: () => void;
}

/** Each tick of a live page is an entry of its own: they need not live long. */
const KEPT_MS = 30_000;
/** Live pages move faster than points come: asking more often than a pixel's width is for nothing. */
const STEPS = 240;
const STEP_LEAST_MS = 5000;

/** The range on a raster, so that widgets share answers and ask no more often than it shows. */
export function asked(range: Range, live: boolean): Range {
  if (!live) return range;
  const step = Math.max(STEP_LEAST_MS, Math.round((range.to - range.from) / STEPS / 1000) * 1000);
  const to = Math.ceil(range.to / step) * step;
  return { from: to - Math.round((range.to - range.from) / step) * step, to };
}

const MINUTE_MS = 60_000;
/** Of bars, in minutes. */
const BAR_STEPS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 240, 720, 1440, 2880, 10_080, 43_200];
/** Shorter ranges have few points anyway. */
const BARS_FROM = 30 * MINUTE_MS;

/** The least round interval, in milliseconds, that makes no more than so many bars. */
export function barInterval({ from, to }: Range, most: number): number | undefined {
  if (to - from < BARS_FROM) return undefined;
  const least = (to - from) / most / MINUTE_MS;
  return (BAR_STEPS.find((step) => step >= least) ?? BAR_STEPS.at(-1) ?? 1) * MINUTE_MS;
}

interface Call<T> {
  /** What is asked, at whichever time. */
  what: readonly unknown[];
  range: Range;
  run: (signal: AbortSignal) => Promise<T>;
  isEmpty: boolean;
}

/** @param bars at most so many points a line: bars need more room than lines do */
export function useLines(requests: readonly Asked[], bars?: number): Answers<ChartData> & { range: Range } {
  const { range: shown, live } = useWidget();
  const range = asked(shown, live);
  const interval = bars === undefined ? undefined : barInterval(range, bars);
  const calls = requests.map(({ queries, formulas }): Call<ChartData> => ({
    what: ['widget-lines', queries, formulas.map(({ formula, limit }) => [formula, limit]), interval],
    range,
    run: (signal) => timeseries({ queries, formulas: formulas.map(({ formula }) => formula), limits: formulas.map(({ limit }) => limit), interval, ...range }, signal),
    isEmpty: formulas.length === 0,
  }));
  return { ...useCalls(calls), range };
}

/** @param other a range in place of the widget's, for comparisons */
export function useScalars(requests: readonly Asked[], other?: Range): Answers<Scalars> {
  const { range: shown, live } = useWidget();
  const range = asked(other ?? shown, live);
  return useCalls(
    requests.map(({ queries, formulas }): Call<Scalars> => ({
      what: ['widget-scalars', queries, formulas.map(({ formula, limit }) => [formula, limit])],
      range,
      run: (signal) => scalars({ queries, formulas: formulas.map(({ formula, limit }) => ({ formula, ...(limit ? { limit } : {}) })), ...range }, signal),
      isEmpty: formulas.length === 0,
    })),
  );
}

export interface AskedSpread {
  /** Of one metric: how its values spread is asked for. */
  query: string;
  axis: HistogramAxis;
  /** From the length of the range, in milliseconds, to the width of columns; without it there are none. */
  width?: (length: number) => number;
}

export function useSpreads(requests: readonly AskedSpread[]): Answers<Histogram> & { range: Range } {
  const { range: shown, live } = useWidget();
  const range = asked(shown, live);
  const calls = requests.map(({ query, axis, width }): Call<Histogram> => {
    const interval = width?.(range.to - range.from);
    return { what: ['widget-spread', query, axis, interval ?? null], range, run: (signal) => histogram({ query, axis, interval, ...range }, signal), isEmpty: false };
  });
  return { ...useCalls(calls), range };
}

function useCalls<T>(calls: readonly Call<T>[]): Answers<T> {
  const { isActive } = useWidget();
  const results = useQueries({
    queries: calls.map(({ what, range, run, isEmpty }) => ({
      queryKey: [...what, range.from, range.to],
      queryFn: ({ signal }: { signal: AbortSignal }) => run(signal),
      enabled: isActive && !isEmpty,
      gcTime: KEPT_MS,
      staleTime: KEPT_MS,
    })),
  });
  const latest = useRef(results);
  useEffect(() => {
    latest.current = results;
  });
  const refetch = useCallback(() => latest.current.forEach((result) => void result.refetch()), []);
  const kept = useKept(calls, results as readonly { data: T | undefined; error: unknown; isPending: boolean }[]);
  const parts = kept.map(({ part }) => part);
  const wanted = results.filter((_, at) => calls[at]?.isEmpty === false);
  return {
    parts,
    isPending: wanted.length > 0 && wanted.some(({ isPending }) => isPending) && parts.every(({ data, error }) => data === undefined && !error),
    isOld: kept.some(({ isOld }) => isOld),
    refetch,
  };
}

interface Kept<T> {
  part: Answered<T>;
  range: Range;
}

interface Shown<T> extends Kept<T> {
  isOld: boolean;
  /** The answer to what was asked before at this place. */
  isForeign: boolean;
}

/** A live page moves on by less than this share of its width: that is no other picture. */
const MOVED = 0.1;

/**
 * What the same was answered at an earlier time stands until new comes, and when it cannot be had.
 * The answer to another question stands, dimmed, only until this one is answered.
 */
function useKept<T>(calls: readonly Call<T>[], results: readonly { data: T | undefined; error: unknown; isPending: boolean }[]): readonly Shown<T>[] {
  const byName = useRef<ReadonlyMap<string, Kept<T>>>(new Map());
  const byPlace = useRef<readonly (Kept<T> | undefined)[]>([]);
  const names = calls.map(({ what }) => JSON.stringify(what));
  const now = results.map(({ data, error, isPending }, at): Shown<T> => {
    const range = calls[at]?.range ?? { from: 0, to: 1 };
    const plain = { part: { data, error }, range, isOld: false, isForeign: false };
    if (data !== undefined || calls[at]?.isEmpty) return plain;
    const before = byName.current.get(names[at] ?? '');
    if (before) return { ...before, part: { data: before.part.data, error: isPending ? before.part.error : error }, isOld: isOther(before.range, range), isForeign: false };
    const other = byPlace.current[at];
    return isPending && other ? { ...other, isOld: true, isForeign: true } : plain;
  });
  useEffect(() => {
    const own = now.map((one, at) => ({ name: names[at] ?? '', one })).filter(({ one: { part, isForeign } }) => !isForeign && (part.data !== undefined || part.error));
    byName.current = new Map(own.map(({ name, one }) => [name, one]));
    byPlace.current = now.map((one) => (one.part.data === undefined ? undefined : one));
  });
  return now;
}

/** Whether a picture of one range misleads as one of the other. */
export function isOther(shown: Range, wanted: Range): boolean {
  const width = wanted.to - wanted.from;
  return Math.abs(shown.to - shown.from - width) > width * MOVED || Math.abs(shown.to - wanted.to) > width * MOVED;
}
