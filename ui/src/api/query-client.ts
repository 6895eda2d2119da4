import { QueryClient } from '@tanstack/react-query';

import { connection } from './connection';
import { ApiError } from './errors';

const RETRIES_MAX = 3;

/** Only what may work the next time is asked again. */
function mayWork(error: unknown): boolean {
  return error instanceof ApiError && [429, 503].includes(error.status);
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // Loopback works without a network.
      networkMode: 'always',
      staleTime: 5000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < RETRIES_MAX && mayWork(error),
      retryDelay: (count, error) => {
        const asked = error instanceof ApiError ? error.retryAfterSecs : undefined;
        return asked ? Math.min(asked, 30) * 1000 : 500 * 2 ** count;
      },
    },
    mutations: { networkMode: 'always' },
  },
});

// What failed while the server was away is asked again once it is back.
connection.subscribe(() => {
  if (connection.get() === 'ok') void queryClient.invalidateQueries();
});
