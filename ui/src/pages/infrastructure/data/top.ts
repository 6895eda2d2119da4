/** The groups of a metric with the largest values. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { api } from '../../../api';
import { useHeld } from '../../../api/use-held';
import type { Range } from '../../../time';

export interface TopRow {
  /** `host:web-1`, one for each key that groups. */
  tags: string[];
  value: number;
}

interface Column {
  name: string;
  type: string;
  values: (string[] | number | null)[];
}

interface Answer {
  data: { attributes: { columns: Column[] } };
}

export interface TopQuery {
  query: string;
  /** Over `a`. */
  formula: string;
  count: number;
}

/** Rows of a scalar answer; those without a value are left out. */
export function readRows({ data }: Answer): TopRow[] {
  const groups = data.attributes.columns.filter(({ type }) => type === 'group');
  const numbers = data.attributes.columns.find(({ type }) => type === 'number')?.values ?? [];
  return numbers.flatMap((value, at) => {
    if (typeof value !== 'number') return [];
    const tags = groups.flatMap(({ name, values }) => {
      const group = values[at];
      return Array.isArray(group) && group[0] !== undefined ? [`${name}:${group[0]}`] : [];
    });
    return [{ tags, value }];
  });
}

export function useTop({ query, formula, count }: TopQuery, range: Range) {
  const result = useQuery({
    queryKey: ['top', query, formula, count, range.from, range.to],
    queryFn: async ({ signal }) => {
      const attributes = {
        from: range.from,
        to: range.to,
        queries: [{ data_source: 'metrics', name: 'a', query, aggregator: 'last' }],
        formulas: [{ formula, limit: { count, order: 'desc' } }],
      };
      const body = { data: { type: 'scalar_request', attributes } };
      const rows = readRows(await api.post<Answer>('/api/v2/query/scalar', body, signal));
      return rows.sort((a, b) => b.value - a.value).slice(0, count);
    },
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });
  const { error, isPending, refetch } = result;
  return { ...useHeld(result, `${query} ${formula} ${count}`), error, isPending, refetch };
}
