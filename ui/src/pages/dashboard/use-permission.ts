/** Whether the person may change a dashboard, and what the list knows of it. */
import { useQuery } from '@tanstack/react-query';

import { usePageInfo } from '../../api';
import { listDashboards, type Summary } from '../../dashboards/api';
import type { Dashboard } from '../../dashboards/model';
import { readOnlyReason, type Person } from '../../dashboards/permission';
import { useMyRoles } from '../../dashboards/use-roles';

/** The form of ids that the server gives; presets have names. */
const OWN_ID = /^[a-z0-9]{3}-[a-z0-9]{3}-[a-z0-9]{3}$/;

interface Permission {
  /** Why it can only be read; undefined when it can be changed. */
  reason: string | undefined;
  summary: Summary | undefined;
  person: Person | undefined;
}

export function usePermission(dashboard: Dashboard): Permission {
  const { data: page } = usePageInfo();
  const isRestricted = (dashboard.restricted_roles ?? []).length > 0;
  const roles = useMyRoles(isRestricted);
  const list = useQuery({ queryKey: ['dashboards', false], queryFn: ({ signal }) => listDashboards({ deleted: false }, signal), staleTime: 60_000 });
  const summary = list.data?.find(({ id }) => id === dashboard.id);
  const isBuiltIn = summary?.is_built_in ?? !OWN_ID.test(dashboard.id);
  const person = page && { handle: page.user.handle, permissions: page.user.permissions, roles };
  return { reason: readOnlyReason(dashboard, person, isBuiltIn), summary, person };
}
