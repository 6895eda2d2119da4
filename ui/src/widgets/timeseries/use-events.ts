/** Events over a chart: those that the definition's searches find. */
import { useQueries } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';

import { api } from '../../api';
import type { EventLine, MarkState } from '../../charts/marks';
import { substitute } from '../../dashboards/variables';
import { eventOf, type EventItem } from '../../pages/events/data';
import type { Range } from '../../time/selection';
import { useWidget } from '../context';
import { bag, list, text } from '../query/json';

/** More lines than these hide the chart. */
const EVENTS_MAX = 100;
const STATES: Readonly<Record<string, MarkState>> = { error: 'alert', warn: 'warn', warning: 'warn', ok: 'ok', success: 'ok' };

export function useEventLines(definition: unknown, range: Range): readonly EventLine[] | undefined {
  const { variables, isActive } = useWidget();
  const searches = list(definition)
    .map((one) => text(bag(one)['q']))
    .filter((q): q is string => q !== undefined)
    .map((q) => searchOf(substitute(q, variables)));
  const results = useQueries({
    queries: searches.map((query) => ({
      queryKey: ['widget-events', query, range.from, range.to],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const filter = { query, from: String(Math.floor(range.from)), to: String(Math.ceil(range.to)) };
        const answer = await api.post<{ data?: unknown[] }>('/api/v2/events/search', { filter, page: { limit: EVENTS_MAX }, sort: '-timestamp' }, signal);
        return (answer.data ?? []).map(eventOf);
      },
      enabled: isActive,
      staleTime: 30_000,
    })),
  });
  const kept = useRef<readonly EventItem[]>([]);
  const isLoading = results.some(({ data }) => data === undefined);
  // Those of a moment ago stand until the new ones are there.
  const found = isLoading ? kept.current : results.flatMap(({ data }) => data ?? []);
  useEffect(() => {
    if (!isLoading) kept.current = found;
  });
  const key = found.map(({ id }) => id).join();
  return useMemo(() => (found.length === 0 ? undefined : found.map(({ time, title, status }) => ({ time, title, state: STATES[status] ?? 'accent' }))), [key]);
}

/** `tags:deploy,prod` and a variable's `*` of old definitions, as searches write them. */
export function searchOf(q: string): string {
  const search = q
    .replace(/\btags:(\S+)/g, (_, tags: string) => tags.split(',').join(' '))
    .replace(/\bsources:/g, 'source:')
    .trim();
  return search === '' ? '*' : search;
}
