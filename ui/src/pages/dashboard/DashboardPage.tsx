/** `/dashboard/abc-def-ghi/…`: one dashboard. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams as useRouteParams } from '@tanstack/react-router';
import { LayoutDashboard } from 'lucide-react';
import { useEffect } from 'react';

import { ApiError } from '../../api';
import { EmptyState, ErrorState, Skeleton } from '../../components';
import { countView, loadDashboard } from '../../dashboards/api';
import { Page } from '../../shell';
import styles from './dashboard.module.css';
import { OpenDashboard } from './OpenDashboard';

const CRUMBS = [{ label: 'Dashboards', to: '/dashboard/lists' }];

export default function DashboardPage() {
  const { id = '' } = useRouteParams({ strict: false }) as { id?: string };
  const found = useQuery({
    queryKey: ['dashboard', id],
    queryFn: ({ signal }) => loadDashboard(id, signal),
    staleTime: 30_000,
    refetchOnWindowFocus: true,
  });
  const isThere = found.data !== undefined;
  useEffect(() => {
    // Popularity; nothing depends on it.
    if (isThere) countView(id).catch(() => {});
  }, [id, isThere]);
  if (found.data) return <OpenDashboard key={id} loaded={found.data} />;
  if (found.error instanceof ApiError && (found.error.status === 404 || found.error.status === 400)) {
    return (
      <Page title="Not found" crumbs={CRUMBS}>
        <EmptyState icon={<LayoutDashboard />} title="There is no such dashboard" actions={<Link to={'/dashboard/lists' as never}>All dashboards</Link>}>
          {id} was deleted, or the address is mistyped. Deleted dashboards can be restored for 30 days from <Link to={'/dashboard/lists' as never} search={{ list: 'deleted' } as never}>the list</Link>.
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page title="Dashboard" crumbs={CRUMBS} time>
      {found.error ? (
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <div className={styles.loading} role="status" aria-label="Loading">
          {[1, 2, 3, 4, 5, 6].map((at) => (
            <Skeleton key={at} height={184} />
          ))}
        </div>
      )}
    </Page>
  );
}
