/** What a dashboard needs, asked for while its page's code is still on the way. */
import { queryClient } from '../api';
import { csrfToken } from '../api/session';
import { loadDashboard } from './api';

/** Of the address that is open. */
export function preloadDashboard(): void {
  // Nearly every dashboard has one; the other kinds wait until they are known.
  void import('../widgets/timeseries/TimeseriesView');
  const [, id] = /^\/dashboard\/([\w-]+)(?:\/|$)/.exec(window.location.pathname) ?? [];
  // Who was not signed in is led to the sign-in page, without a second refusal.
  if (id === undefined || csrfToken() === '') return;
  void queryClient.prefetchQuery({ queryKey: ['dashboard', id], queryFn: ({ signal }) => loadDashboard(id, signal), staleTime: 30_000 });
}
