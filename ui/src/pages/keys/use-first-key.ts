import { useQuery } from '@tanstack/react-query';

import { readKeyValue, useKeys } from './data';

/** What stands for the key in a command until it is known, or when the person may not read it. */
const UNKNOWN = '$DD_API_KEY';

/** The value of some API key of the organisation, for commands to copy. */
export function useFirstKey(): string {
  const keys = useKeys('api');
  const first = keys.data?.[0];
  const value = useQuery({
    queryKey: ['key value', first?.id],
    queryFn: ({ signal }) => readKeyValue(first?.id ?? '', signal),
    enabled: first !== undefined,
    staleTime: Infinity,
    gcTime: 0,
  });
  return value.data ?? UNKNOWN;
}
