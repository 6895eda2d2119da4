import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';

import { timeseries, type NamedQuery } from '../api/timeseries';
import type { Range } from '../time/selection';
import type { ChartData } from './data';

/** Each tick of a live page is an entry of its own: they need not live long. */
const KEPT_MS = 30_000;

/** What of a query's result a graph needs. */
export type TimeseriesResult = Pick<UseQueryResult<ChartData>, 'data' | 'error' | 'isPending' | 'isPlaceholderData' | 'isFetching' | 'refetch'>;

/** Queries over a range. Old data stays while new loads, and when new cannot be had. */
export function useTimeseries(queries: readonly NamedQuery[], formulas: readonly string[] | undefined, range: Range, enabled = true): TimeseriesResult {
  const result = useQuery({
    queryKey: ['timeseries', queries, formulas ?? null, range.from, range.to],
    queryFn: ({ signal }) =>
      timeseries({ queries, ...(formulas ? { formulas } : {}), from: range.from, to: range.to }, signal),
    enabled: enabled && queries.length > 0,
    placeholderData: keepPreviousData,
    gcTime: KEPT_MS,
    staleTime: KEPT_MS,
  });
  const { data, error, isPending, isPlaceholderData, isFetching, refetch } = result;
  const asked = JSON.stringify([queries, formulas]);
  const last = useRef<{ asked: string; data: ChartData }>(undefined);
  useEffect(() => {
    if (data && !isPlaceholderData) last.current = { asked, data };
  });
  // Another query's data would be a lie beside an error of this one.
  const old = error && !data && last.current?.asked === asked ? last.current.data : undefined;
  return { data: data ?? old, error, isPending, isPlaceholderData: isPlaceholderData || old !== undefined, isFetching, refetch } as TimeseriesResult;
}
