/** Whether the person may change a dashboard, and what the list knows of it. */
import { useQuery } from '@tanstack/react-query';

import { api, usePageInfo } from '../../api';
import { listDashboards, type Summary } from '../../dashboards/api';
import type { Dashboard } from '../../dashboards/model';
import { readOnlyReason } from '../../dashboards/permission';

interface CurrentUser {
  data?: { relationships?: { roles?: { data?: { id: string }[] } } };
}

/** The form of ids that the server gives; presets have names. */
const OWN_ID = /^[a-z0-9]{3}-[a-z0-9]{3}-[a-z0-9]{3}$/;

export function usePermission(dashboard: Dashboard): { reason: string | undefined; summary: Summary | undefined } {
  const { data: page } = usePageInfo();
  const isRestricted = (dashboard.restricted_roles ?? []).length > 0;
  const roles = useQuery({
    queryKey: ['my-roles'],
    queryFn: async ({ signal }) => {
      const user = await api.get<CurrentUser>('/api/v2/current_user', undefined, signal);
      return (user.data?.relationships?.roles?.data ?? []).map(({ id }) => id);
    },
    enabled: isRestricted,
    staleTime: 300_000,
  });
  const list = useQuery({ queryKey: ['dashboards', false], queryFn: ({ signal }) => listDashboards({ deleted: false }, signal), staleTime: 60_000 });
  const summary = list.data?.find(({ id }) => id === dashboard.id);
  const isBuiltIn = summary?.is_built_in ?? !OWN_ID.test(dashboard.id);
  const person = page && { handle: page.user.handle, permissions: page.user.permissions, roles: roles.data };
  return { reason: readOnlyReason(dashboard, person, isBuiltIn), summary };
}
