/** The newest events of a search in a widget's time. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { useHeld } from '../../api/use-held';
import { substitute } from '../../dashboards/variables';
import { fetchEvents } from '../../pages/events/data';
import { useWidget } from '../context';
import { eventSearch } from './classic-query';

export function useWidgetEvents(query: string, tagsExecution?: string) {
  const { range, variables, isActive } = useWidget();
  const search = eventSearch(substitute(query, variables), tagsExecution);
  const result = useQuery({
    queryKey: ['widget-events', search, range.from, range.to],
    queryFn: ({ signal }) => fetchEvents(search, range, undefined, signal),
    placeholderData: keepPreviousData,
    enabled: isActive,
    // Each moment is a key of its own while live: old ones need not be kept.
    gcTime: 10_000,
  });
  return { ...useHeld(result, search), error: result.error, search, refetch: result.refetch };
}
