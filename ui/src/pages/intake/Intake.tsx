/** Why is nothing arriving? What became of all that was sent here, route by route. */
import { Inbox, Search } from 'lucide-react';
import { Link } from '@tanstack/react-router';

import { usePageInfo } from '../../api';
import { EmptyState, ErrorState, Input, SkeletonRows, Table, Tabs } from '../../components';
import { Page } from '../../shell';
import { useParams, useSetParams } from '../../util/url-state';
import { Banners } from './Banners';
import { ROUTE_COLUMNS } from './columns';
import { EVERY_MS, rowsOf, useIntake, type RouteRow } from './data';
import { RoutePanel } from './RoutePanel';
import styles from './intake.module.css';
import { useNow } from './use-now';
import { VerdictLine } from './VerdictLine';

export default function Intake() {
  const { filter = '', show = 'all', sort = '-lastRefused', route } = useParams();
  const setParams = useSetParams();
  const found = useIntake();
  const now = useNow(EVERY_MS);
  const rows = found.data ? rowsOf(found.data) : undefined;
  const withProblems = rows?.filter((row) => row.problems.length > 0);
  const listed = (show === 'problems' ? withProblems : rows)?.filter((row) => fits(row, filter));
  const open = rows?.find((row) => row.route === route);
  return (
    <Page title="Why is nothing arriving?" crumbs={[{ label: 'Settings', to: '/organization-settings/api-keys' }]} layout="fill">
      {found.error && !rows ? (
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      ) : !rows || !listed ? (
        <SkeletonRows rows={10} height={36} />
      ) : (
        <>
          <VerdictLine rows={rows} now={now} since={found.data?.since} panics={found.data?.panics ?? 0} />
          <Banners rows={rows} now={now} onRoute={(name) => setParams({ route: name })} />
          {rows.length === 0 ? (
            <NothingYet />
          ) : (
            <>
              <div className={styles.bar}>
                <Tabs
                  label="Which routes"
                  kind="segment"
                  value={show}
                  onChange={(id) => setParams({ show: id === 'all' ? undefined : id })}
                  tabs={[
                    { id: 'all', label: 'All routes', count: rows.length },
                    { id: 'problems', label: 'With problems', count: withProblems?.length ?? 0 },
                  ]}
                />
                <Input
                  icon={<Search aria-hidden />}
                  type="search"
                  aria-label="Filter by route, kind of data or reason"
                  placeholder="Filter by route or reason"
                  value={filter}
                  onChange={(event) => setParams({ filter: event.currentTarget.value }, { replace: true })}
                />
              </div>
              <div className={styles.list}>
                <Table
                  label="Routes of the intake"
                  columns={ROUTE_COLUMNS}
                  rows={listed}
                  rowId={(row) => row.route}
                  rowHeight={36}
                  sort={sort}
                  onSort={(next) => setParams({ sort: next })}
                  onOpen={(row) => setParams({ route: row.route })}
                  openId={route}
                  dimmed={found.isError}
                  empty={<EmptyState title="No route fits">Nothing that was sent here is called so.</EmptyState>}
                />
              </div>
            </>
          )}
        </>
      )}
      {open && <RoutePanel key={open.route} row={open} now={now} onClose={() => setParams({ route: undefined })} />}
    </Page>
  );
}

function fits(row: RouteRow, filter: string): boolean {
  const wanted = filter.trim().toLowerCase();
  const texts = [row.route, row.what, ...row.problems.flatMap((problem) => [problem.reason, problem.sample?.message ?? ''])];
  return texts.some((text) => text.toLowerCase().includes(wanted));
}

function NothingYet() {
  const { data: page } = usePageInfo();
  const url = page?.url ?? window.location.origin;
  return (
    <EmptyState
      icon={<Inbox />}
      title="Is this server reached at all?"
      command={`curl -i ${url}/api/v1/validate -H "DD-API-KEY: $DD_API_KEY"`}
      actions={<Link to={'/account/settings/agent' as never}>Install an agent</Link>}
    >
      Ask it from the sender’s machine. An answer of 200 says that address and key are right; 403 that the key is wrong; none at all that the address or a firewall is in the way. What is asked shows up here within seconds.
    </EmptyState>
  );
}
