/** Whether a person may change a dashboard, as the server will judge it. */
import type { Dashboard } from './model';

export interface Person {
  handle: string;
  permissions?: readonly string[] | undefined;
  /** Ids of the person's roles. */
  roles?: readonly string[] | undefined;
}

/** Why it can only be read; undefined when it can be changed. */
export function readOnlyReason(dashboard: Pick<Dashboard, 'author_handle' | 'is_read_only' | 'restricted_roles'>, person: Person | undefined, isBuiltIn: boolean): string | undefined {
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
