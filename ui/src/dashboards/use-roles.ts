/** The organisation's roles, and which of them the person holds. */
import { useQuery } from '@tanstack/react-query';

import { api } from '../api';

export interface Role {
  id: string;
  name: string;
  /** How many people hold it. */
  people: number;
}

interface Roles {
  data?: { id: string; attributes?: { name?: string; user_count?: number } }[];
}

interface CurrentUser {
  data?: { relationships?: { roles?: { data?: { id: string }[] } } };
}

const FRESH_MS = 300_000;

export function useRoles(enabled: boolean) {
  return useQuery({
    queryKey: ['roles'],
    queryFn: async ({ signal }): Promise<Role[]> => {
      const answer = await api.get<Roles>('/api/v2/roles', { 'page[size]': 1000 }, signal);
      return (answer.data ?? []).map(({ id, attributes }) => ({ id, name: attributes?.name ?? id, people: attributes?.user_count ?? 0 }));
    },
    enabled,
    staleTime: FRESH_MS,
  });
}

/** Ids of the person's own roles; undefined until they are known. */
export function useMyRoles(enabled: boolean): readonly string[] | undefined {
  const found = useQuery({
    queryKey: ['my-roles'],
    queryFn: async ({ signal }) => {
      const user = await api.get<CurrentUser>('/api/v2/current_user', undefined, signal);
      return (user.data?.relationships?.roles?.data ?? []).map(({ id }) => id);
    },
    enabled,
    staleTime: FRESH_MS,
  });
  return found.data;
}
