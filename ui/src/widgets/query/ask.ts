/** The data of a widget's requests, each asked for by itself: one that fails spoils no other. */
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useCallback, useRef } from 'react';

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
  key: readonly unknown[];
  run: (signal: AbortSignal) => Promise<T>;
  isEmpty: boolean;
}

export function useLines(requests: readonly Asked[]): Answers<ChartData> & { range: Range } {
  const { range: shown, live } = useWidget();
  const range = asked(shown, live);
  const calls = requests.map(({ queries, formulas }): Call<ChartData> => ({
    key: ['widget-lines', queries, formulas.map(({ formula, limit }) => [formula, limit]), range.from, range.to],
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
      key: ['widget-scalars', queries, formulas.map(({ formula, limit }) => [formula, limit]), range.from, range.to],
      run: (signal) => scalars({ queries, formulas: formulas.map(({ formula, limit }) => ({ formula, ...(limit ? { limit } : {}) })), ...range }, signal),
      isEmpty: formulas.length === 0,
    })),
  );
}

function useCalls<T>(calls: readonly Call<T>[]): Answers<T> {
  const { isActive } = useWidget();
  const results = useQueries({
    queries: calls.map(({ key, run, isEmpty }) => ({
      queryKey: key,
      queryFn: ({ signal }: { signal: AbortSignal }) => run(signal),
      enabled: isActive && !isEmpty,
      placeholderData: keepPreviousData,
      gcTime: KEPT_MS,
      staleTime: KEPT_MS,
    })),
  });
  const latest = useRef(results);
  latest.current = results;
  const refetch = useCallback(() => latest.current.forEach((result) => void result.refetch()), []);
  const parts = results.map(({ data, error }) => ({ data: data as T | undefined, error }));
  const wanted = results.filter((_, at) => calls[at]?.isEmpty === false);
  return {
    parts,
    isPending: wanted.length > 0 && wanted.some(({ isPending }) => isPending) && wanted.every(({ data }) => data === undefined),
    isOld: wanted.some(({ isPlaceholderData }) => isPlaceholderData),
    refetch,
  };
}
