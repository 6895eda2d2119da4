import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';

import { timeseries, type NamedQuery } from '../api/timeseries';
import type { Range } from '../time/selection';
import type { ChartData } from './data';

/** Each tick of a live page is an entry of its own: they need not live long. */
const KEPT_MS = 30_000;

/** Queries over a range. Old data stays while new loads. */
export function useTimeseries(queries: readonly NamedQuery[], formulas: readonly string[] | undefined, range: Range, enabled = true): UseQueryResult<ChartData> {
  return useQuery({
    queryKey: ['timeseries', queries, formulas ?? null, range.from, range.to],
    queryFn: ({ signal }) =>
      timeseries({ queries, ...(formulas ? { formulas } : {}), from: range.from, to: range.to }, signal),
    enabled: enabled && queries.length > 0,
    placeholderData: keepPreviousData,
    gcTime: KEPT_MS,
    staleTime: KEPT_MS,
  });
}
