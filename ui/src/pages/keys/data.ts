/** API keys and application keys, and what can be done with them. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { api } from '../../api';

export type KeyKind = 'api' | 'application';

export interface KeyRow {
  id: string;
  name: string;
  /** The last four characters of the value. */
  last4: string;
  /** Unix milliseconds. */
  created: number;
  modified: number | undefined;
  lastUsed: number | undefined;
  /** Who made it, or whose it is; their e-mail. */
  owner: string;
  /** `null` grants what its owner may do. */
  scopes: readonly string[] | null;
}

/** The value is told once, when the key is made. */
export interface IssuedKey extends KeyRow {
  value: string;
}

interface Resource {
  id: string;
  type: string;
  attributes: Record<string, unknown>;
  relationships?: Record<string, { data?: { id?: string } | null }>;
}

interface ListAnswer {
  data: Resource[];
  included?: Resource[];
}

/** More than a person looks through; the server pages beyond. */
const PAGE = 1000;

const ROUTES = {
  api: { list: '/api/v2/api_keys', create: '/api/v2/api_keys', type: 'api_keys', owner: 'created_by' },
  application: { list: '/api/v2/application_keys', create: '/api/v2/current_user/application_keys', type: 'application_keys', owner: 'owned_by' },
} as const;

const time = (value: unknown): number | undefined => {
  const ms = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isFinite(ms) ? ms : undefined;
};

export function keyOf(kind: KeyKind, resource: Resource, users: ReadonlyMap<string, string>): KeyRow {
  const { attributes } = resource;
  const scopes = attributes['scopes'];
  return {
    id: resource.id,
    name: String(attributes['name'] ?? ''),
    last4: String(attributes['last4'] ?? ''),
    created: time(attributes['created_at']) ?? 0,
    modified: time(attributes['modified_at']),
    lastUsed: time(attributes['date_last_used']) ?? time(attributes['last_used_at']),
    owner: users.get(resource.relationships?.[ROUTES[kind].owner]?.data?.id ?? '') ?? '',
    scopes: Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : null,
  };
}

export function rowsOf(kind: KeyKind, answer: ListAnswer): KeyRow[] {
  const users = new Map<string, string>();
  for (const user of answer.included ?? []) {
    const { email, handle, name } = user.attributes;
    users.set(user.id, String(email || handle || name || ''));
  }
  return answer.data.map((resource) => keyOf(kind, resource, users));
}

export function useKeys(kind: KeyKind) {
  const { list, owner } = ROUTES[kind];
  return useQuery({
    queryKey: ['keys', kind],
    queryFn: async ({ signal }) => rowsOf(kind, await api.get<ListAnswer>(list, { include: owner, 'page[size]': PAGE, sort: 'name' }, signal)),
    // "Last used" moves while one looks.
    refetchInterval: 30_000,
  });
}

function useChange<Input, Output>(kind: KeyKind, change: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSettled: () => client.invalidateQueries({ queryKey: ['keys', kind] }) });
}

export function useCreateKey(kind: KeyKind) {
  const { create, type } = ROUTES[kind];
  return useChange(kind, async ({ name, scopes }: { name: string; scopes?: readonly string[] }): Promise<IssuedKey> => {
    const attributes = scopes && scopes.length > 0 ? { name, scopes } : { name };
    const { data } = await api.post<{ data: Resource }>(create, { data: { type, attributes } });
    return { ...keyOf(kind, data, new Map()), value: String(data.attributes['key'] ?? '') };
  });
}

export function useUpdateKey(kind: KeyKind) {
  const { list, type } = ROUTES[kind];
  return useChange(kind, ({ id, ...attributes }: { id: string; name?: string; scopes?: readonly string[] | null }) =>
    api.patch(`${list}/${id}`, { data: { id, type, attributes } }),
  );
}

export function useRevokeKey(kind: KeyKind) {
  return useChange(kind, (id: string) => api.del(`${ROUTES[kind].list}/${id}`));
}

/** The value of an API key, for who may see it. */
export async function readKeyValue(id: string, signal?: AbortSignal): Promise<string> {
  const answer = await api.get<{ data: Resource }>(`/api/v2/api_keys/${id}`, undefined, signal);
  const value = answer.data.attributes['key'];
  if (typeof value !== 'string' || value === '') throw new Error('The value of this key cannot be shown.');
  return value;
}

export interface Scope {
  name: string;
  group: string;
  description: string;
}

/** Scopes that are no permissions: everyone may read these, a key only when it names them. */
const READ_SCOPES: readonly Scope[] = [
  { name: 'metrics_read', group: 'Reading data', description: 'List metrics, their tags and metadata' },
  { name: 'timeseries_query', group: 'Reading data', description: 'Query metrics' },
  { name: 'events_read', group: 'Reading data', description: 'Read events' },
  { name: 'hosts_read', group: 'Reading data', description: 'List hosts' },
  { name: 'usage_metering_read', group: 'Reading data', description: 'Read usage' },
];

/** Every scope an application key can have: the permissions of the organization, and those for reading. */
export function useScopes(enabled: boolean) {
  return useQuery({
    queryKey: ['permissions'],
    queryFn: async ({ signal }): Promise<Scope[]> => {
      const answer = await api.get<{ data: Resource[] }>('/api/v2/permissions', undefined, signal);
      const permissions = answer.data.map(({ attributes }) => ({
        name: String(attributes['name']),
        group: String(attributes['group_name'] ?? ''),
        description: String(attributes['description'] ?? ''),
      }));
      return [...READ_SCOPES, ...permissions];
    },
    staleTime: 600_000,
    enabled,
  });
}
