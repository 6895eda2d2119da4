/** The data of a widget's requests, each asked for by itself: one that fails spoils no other. */
import { useQueries } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';

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

interface Call<T> {
  /** What is asked, at whichever time. */
  what: readonly unknown[];
  range: Range;
  run: (signal: AbortSignal) => Promise<T>;
  isEmpty: boolean;
}

export function useLines(requests: readonly Asked[]): Answers<ChartData> & { range: Range } {
  const { range: shown, live } = useWidget();
  const range = asked(shown, live);
  const calls = requests.map(({ queries, formulas }): Call<ChartData> => ({
    what: ['widget-lines', queries, formulas.map(({ formula, limit }) => [formula, limit])],
    range,
    run: (signal) => timeseries({ queries, formulas: formulas.map(({ formula }) => formula), limits: formulas.map(({ limit }) => limit), ...range }, signal),
    isEmpty: formulas.length === 0,
  }));
  return { ...useCalls(calls), range };
}

export function useScalars(requests: readonly Asked[]): Answers<Scalars> {
  const { range: shown, live } = useWidget();
  const range = asked(shown, live);
  return useCalls(
    requests.map(({ queries, formulas }): Call<Scalars> => ({
      what: ['widget-scalars', queries, formulas.map(({ formula, limit }) => [formula, limit])],
      range,
      run: (signal) => scalars({ queries, formulas: formulas.map(({ formula, limit }) => ({ formula, ...(limit ? { limit } : {}) })), ...range }, signal),
      isEmpty: formulas.length === 0,
    })),
  );
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
  const parts = useKept(calls, results as readonly { data: T | undefined; error: unknown }[]);
  const wanted = results.filter((_, at) => calls[at]?.isEmpty === false);
  return {
    parts,
    isPending: wanted.length > 0 && wanted.some(({ isPending }) => isPending) && parts.every(({ data }) => data === undefined),
    isOld: results.some(({ data }, at) => data === undefined && parts[at]?.data !== undefined),
    refetch,
  };
}

/** What the same was answered at an earlier time stands until new comes, and when it cannot be had. */
function useKept<T>(calls: readonly Call<T>[], results: readonly { data: T | undefined; error: unknown }[]): Answered<T>[] {
  const kept = useRef<ReadonlyMap<string, T>>(new Map());
  const names = calls.map(({ what }) => JSON.stringify(what));
  const parts = results.map(({ data, error }, at) => ({ data: data ?? kept.current.get(names[at] ?? ''), error }));
  useEffect(() => {
    kept.current = new Map(parts.flatMap(({ data }, at) => (data === undefined ? [] : [[names[at] ?? '', data]])));
  });
  return parts;
}
