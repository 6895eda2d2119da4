/** Metric queries as one number per group: `POST /api/v2/query/scalar`. */
import type { UnitPair } from '../charts/units';
import { api } from './client';

export interface ScalarQuery {
  name: string;
  query: string;
  /** How a number is made of the points: `avg`, `sum`, `last`, … */
  aggregator: string;
}

export interface ScalarRequest {
  queries: readonly ScalarQuery[];
  formulas: readonly { formula: string; limit?: { count: number; order: 'asc' | 'desc' } }[];
  /** Unix milliseconds. */
  from: number;
  to: number;
}

export interface ScalarRow {
  /** `service:web`, in the order of the query's groups. */
  tags: readonly string[];
  /** One per formula. */
  values: readonly (number | null)[];
}

export interface Scalars {
  rows: readonly ScalarRow[];
  /** One per formula. */
  units: readonly UnitPair[];
  /** Why some of it is missing. */
  partial?: string;
}

type Column = { name: string; type: 'group'; values: string[][] } | { name: string; type: 'number'; values: (number | null)[]; meta?: { unit?: UnitPair } };

interface Answer {
  data: { attributes: { columns: Column[] } };
  errors?: string;
}

export async function scalars(request: ScalarRequest, signal?: AbortSignal): Promise<Scalars> {
  const { queries, formulas, from, to } = request;
  const attributes = {
    from: Math.round(from),
    to: Math.round(to),
    formulas,
    queries: queries.map((query) => ({ data_source: 'metrics', ...query })),
  };
  const answer = await api.post<Answer>('/api/v2/query/scalar', { data: { type: 'scalar_request', attributes } }, signal);
  return scalarsOf(answer.data.attributes.columns, answer.errors);
}

export function scalarsOf(columns: readonly Column[], errors?: string): Scalars {
  const groups = columns.filter((column) => column.type === 'group');
  const numbers = columns.filter((column) => column.type === 'number');
  const count = Math.max(0, ...columns.map(({ values }) => values.length));
  const rows = Array.from({ length: count }, (_, at): ScalarRow => ({
    tags: groups.flatMap(({ name, values }) => (values[at] ?? []).map((value) => `${name}:${value}`)),
    values: numbers.map(({ values }) => values[at] ?? null),
  }));
  return { rows, units: numbers.map(({ meta }) => meta?.unit), ...(errors ? { partial: errors } : {}) };
}
