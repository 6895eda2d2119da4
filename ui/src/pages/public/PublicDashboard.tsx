/**
 * `/public/…`: a shared dashboard, without an account. Nothing can be changed here. `/embed/…` is the
 * same in a frame of another site.
 */
import { useQuery } from '@tanstack/react-query';
import { useLocation, useParams as useRouteParams } from '@tanstack/react-router';
import { CloudOff } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';

import { api, ApiError } from '../../api';
import { goThrough } from '../../api/client';
import { EmptyState, ErrorState, Skeleton, Tabs } from '../../components';
import { Toasts } from '../../components/Toasts';
import { TooltipProvider } from '../../components/Tooltip';
import { DashboardView } from '../../dashboards/DashboardView';
import { withIds } from '../../dashboards/ids';
import { ofTab } from '../../dashboards/shown';
import { tabAt, tabsOf } from '../../dashboards/tabs/tabs';
import { paramsOfValues, valuesOfParams } from '../../dashboards/url';
import { VariablesBar } from '../../dashboards/variables-bar/VariablesBar';
import { forceTheme } from '../../shell/theme';
import { TimeControl } from '../../time/TimeControl';
import { TimeProvider } from '../../time/time-context';
import { useParams, useSetParams } from '../../util/url-state';
import styles from './public.module.css';
import { limitedTo, publicDoor, timeOf, type Shared } from './shared';

export default function PublicDashboard() {
  const { token = '' } = useRouteParams({ strict: false }) as { token?: string };
  const { invite } = useParams();
  const { pathname } = useLocation();
  const [key] = useState(() => (pathname.startsWith('/embed/') ? { embed: '1' } : { invite }));
  const [door] = useState(() => publicDoor(token, key));
  useEffect(() => {
    goThrough(door.door);
    return () => goThrough(null);
  }, [door]);
  const found = useQuery({
    queryKey: ['public', token],
    queryFn: ({ signal }) => api.get<Shared>(`/api/procyon/public/${encodeURIComponent(token)}`, key, signal),
    staleTime: 60_000,
    retry: false,
  });
  const theme = found.data?.settings.viewing_preferences?.theme;
  useEffect(() => {
    if (theme !== 'dark' && theme !== 'light') return;
    forceTheme(theme);
    return () => forceTheme(null);
  }, [theme]);
  return (
    <TooltipProvider>
      <TimeProvider>
        {found.data ? (
          <Shown shared={found.data} setValues={door.setValues} />
        ) : found.error ? (
          <main className={styles.place}>
            {found.error instanceof ApiError && [401, 403, 404, 410].includes(found.error.status) ? (
              <EmptyState icon={<CloudOff />} title="This dashboard is not shared">
                {found.error.message}
              </EmptyState>
            ) : (
              <ErrorState error={found.error} onRetry={() => void found.refetch()} />
            )}
          </main>
        ) : (
          <main className={styles.place} aria-busy>
            <Skeleton height={184} />
          </main>
        )}
        <Toasts />
      </TimeProvider>
    </TooltipProvider>
  );
}

interface ShownProps {
  shared: Shared;
  setValues: (values: Record<string, readonly string[]>) => void;
}

function Shown({ shared, setValues }: ShownProps) {
  const params = useParams();
  const set = useSetParams();
  const dashboard = useMemo(() => withIds({ ...shared.dashboard, template_variables: limitedTo(shared) }), [shared]);
  const text = JSON.stringify(valuesOfParams(params));
  const variables = useMemo(() => {
    const chosen = JSON.parse(text) as Record<string, string[]>;
    const names = new Set((dashboard.template_variables ?? []).map(({ name }) => name));
    const values = Object.fromEntries(Object.entries(chosen).filter(([name]) => names.has(name)));
    // Before anything is asked: the door sends them along.
    setValues(values);
    return { declared: shared.dashboard.template_variables ?? [], values };
  }, [text, dashboard, shared, setValues]);
  const tabs = tabsOf(dashboard);
  const shown = useMemo(() => ofTab(dashboard, params['tab']), [dashboard, params['tab']]);
  const { selection } = timeOf(shared);
  useEffect(() => {
    if (params['span'] === undefined && params['from_ts'] === undefined && selection) set({ span: selection }, { replace: true });
    document.title = dashboard.title;
    // Once, as it opens.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>{dashboard.title}</h1>
        {shared.settings.global_time_selectable_enabled === true && <TimeControl />}
      </header>
      {(dashboard.template_variables ?? []).length > 0 && (
        <div className={styles.variables}>
          <VariablesBar dashboard={{ widgets: [], template_variables: dashboard.template_variables ?? null }} values={variables.values} onChange={(values) => set(paramsOfValues(params, values), { replace: true })} />
        </div>
      )}
      {tabs.length > 0 && (
        <div className={styles.tabs}>
          <Tabs label="Tabs" tabs={tabs.map(({ id, name }) => ({ id, label: name }))} value={tabAt(dashboard, params['tab'])?.id ?? ''} onChange={(tab) => set({ tab }, { replace: true })} />
        </div>
      )}
      <DashboardView className={styles.board} dashboard={shown} variables={variables} />
    </div>
  );
}
