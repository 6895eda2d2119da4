import { useQuery } from '@tanstack/react-query';

import { listDashboards, listItems, manualLists } from '../../dashboards/api';

export function useSummaries(deleted: boolean) {
  return useQuery({ queryKey: ['dashboards', deleted], queryFn: ({ signal }) => listDashboards({ deleted }, signal), refetchOnWindowFocus: true });
}

export function useManualLists() {
  return useQuery({ queryKey: ['dashboard-lists'], queryFn: ({ signal }) => manualLists(signal) });
}

export function useListItems(id: number | undefined) {
  return useQuery({ queryKey: ['dashboard-lists', id], queryFn: ({ signal }) => listItems(id ?? 0, signal), enabled: id !== undefined });
}
