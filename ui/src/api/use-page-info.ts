import { useQuery } from '@tanstack/react-query';

import { pageInfo } from './session';

/** Who is signed in and where agents send. */
export function usePageInfo() {
  return useQuery({ queryKey: ['page'], queryFn: pageInfo, staleTime: 300_000 });
}
