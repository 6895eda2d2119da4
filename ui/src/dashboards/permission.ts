/** Whether a person may change a dashboard, as the server will judge it. */
import type { Dashboard } from './model';

export interface Person {
  handle: string;
  permissions?: readonly string[] | undefined;
  /** Ids of the person's roles. */
  roles?: readonly string[] | undefined;
}

/** Who may change a dashboard, as the dialog asks it. */
export type Who = 'everyone' | 'roles' | 'author';

type Rules = Pick<Dashboard, 'author_handle' | 'is_read_only' | 'restricted_roles'>;

export function whoOf({ is_read_only, restricted_roles }: Rules): Who {
  if (is_read_only === true) return 'author';
  return (restricted_roles ?? []).length > 0 ? 'roles' : 'everyone';
}

/** What of a dashboard is to be changed so that these may change it; only what differs. */
export function rulesOf(dashboard: Rules, who: Who, roles: readonly string[]): Pick<Dashboard, 'is_read_only' | 'restricted_roles'> {
  const patch: Pick<Dashboard, 'is_read_only' | 'restricted_roles'> = {};
  const before = dashboard.restricted_roles ?? [];
  // Roles stay when only the author may: they hold again afterwards.
  const wanted = who === 'roles' ? roles : who === 'everyone' ? [] : before;
  if (wanted.length !== before.length || wanted.some((role) => !before.includes(role))) patch.restricted_roles = [...wanted];
  if ((who === 'author') !== (dashboard.is_read_only === true)) patch.is_read_only = who === 'author';
  return patch;
}

/** Why it can only be read; undefined when it can be changed. */
export function readOnlyReason(dashboard: Rules, person: Person | undefined, isBuiltIn: boolean): string | undefined {
  if (isBuiltIn) return 'A preset cannot be changed: clone it';
  if (!person) return undefined;
  const has = (permission: string) => person.permissions?.includes(permission) ?? true;
  if (!has('dashboards_write')) return 'Your roles do not grant changing dashboards';
  if (person.handle === dashboard.author_handle || (person.permissions?.includes('user_access_manage') ?? false)) return undefined;
  if (dashboard.is_read_only === true) return `Read only: ${dashboard.author_handle ?? 'its author'} can change it`;
  const roles = dashboard.restricted_roles ?? [];
  if (roles.length > 0 && person.roles && !roles.some((role) => person.roles?.includes(role))) return 'Only some roles may change it, and yours are not among them';
  return undefined;
}
