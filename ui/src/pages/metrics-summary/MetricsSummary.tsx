/** Every metric that reports: what it is, how much it is, and the panel where that is changed. */
import { ChartLine, Search, Tag as TagIcon } from 'lucide-react';
import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';

import { ApiError } from '../../api';
import { Button, EmptyState, ErrorState, Input, Select, SkeletonRows, Table } from '../../components';
import { ExportMenu } from '../../explorer/ExportMenu';
import { Page } from '../../shell';
import { useTime } from '../../time/time-context';
import { useParams, useSetParams } from '../../util/url-state';
import { METRIC_COLUMNS } from './columns';
import { fits, NAMES_MAX, useMetricDetails, useMetricNames, type MetricRow } from './data';
import { MetricPanel } from './MetricPanel';
import styles from './summary.module.css';

const TYPES = ['gauge', 'count', 'rate', 'distribution'];
const TYPE_OPTIONS = [{ value: '', label: 'All types' }, ...TYPES.map((type) => ({ value: type, label: type }))];

export default function MetricsSummary() {
  const { filter = '', tags = '', type = '', sort = 'name', metric } = useParams();
  const setParams = useSetParams();
  const { range } = useTime();
  const names = useMetricNames(Date.now() - range.from, tags);
  const details = useMetricDetails();
  const rows = useMemo(() => rowsOf(names.data, details.data, filter, type), [names.data, details.data, filter, type]);
  const isFiltered = filter !== '' || tags !== '' || type !== '';
  const wrongTags = names.error instanceof ApiError && names.error.status === 400 ? names.error.message : undefined;
  return (
    <Page title="Metrics summary" crumbs={[{ label: 'Metrics', to: '/metric/explorer' }]} time layout="fill">
      <div className={styles.bar}>
        <Input
          icon={<Search aria-hidden />}
          type="search"
          aria-label="Filter metrics by name"
          placeholder="Filter by name"
          className={styles.filter ?? ''}
          value={filter}
          onChange={(event) => setParams({ filter: event.currentTarget.value }, { replace: true })}
        />
        <TagFilter value={tags} error={wrongTags} onChange={(next) => setParams({ tags: next })} />
        <Select aria-label="Type" options={TYPE_OPTIONS} value={type} onChange={(next) => setParams({ type: next })} />
        <Count n={rows?.length} of={names.data?.length} />
        <ExportMenu name="metrics" rows={rows ?? []} columns={METRIC_COLUMNS} />
      </div>
      {details.error && <p className={styles.problem} role="status">Types, series and hosts cannot be shown: {details.error.message}</p>}
      {names.error && !names.data && !wrongTags ? (
        <ErrorState error={names.error} onRetry={() => void names.refetch()} />
      ) : !rows ? (
        <SkeletonRows rows={20} height={32} />
      ) : (
        <div className={styles.list}>
          <Table
            label="Metrics"
            columns={METRIC_COLUMNS}
            rows={rows}
            rowId={(row) => row.name}
            sort={sort}
            onSort={(next) => setParams({ sort: next })}
            onOpen={(row) => setParams({ metric: row.name })}
            openId={metric}
            dimmed={names.isPlaceholderData || names.isError}
            empty={<Nothing isFiltered={isFiltered} onClear={() => setParams({ filter: undefined, tags: undefined, type: undefined })} />}
          />
        </div>
      )}
      {metric !== undefined && <MetricPanel key={metric} metric={metric} detail={details.data?.get(metric)} onClose={() => setParams({ metric: undefined, tab: undefined })} />}
    </Page>
  );
}

function rowsOf(names: readonly string[] | undefined, details: ReadonlyMap<string, MetricRow['detail']> | undefined, filter: string, type: string): MetricRow[] | undefined {
  return names?.filter((name) => fits(name, filter)).flatMap((name) => {
    const detail = details?.get(name);
    return type === '' || detail?.type === type ? [{ name, detail }] : [];
  });
}

function Count({ n, of }: { n: number | undefined; of: number | undefined }) {
  if (n === undefined || of === undefined) return <span className={styles.count} />;
  const all = `${of.toLocaleString('en-US')}${of >= NAMES_MAX ? ' or more' : ''}`;
  return (
    <span className={styles.count} role="status">
      {n === of ? `${all} metric${of === 1 ? '' : 's'}` : `${n.toLocaleString('en-US')} of ${all} metrics`}
    </span>
  );
}

/** Runs on Enter and on leaving: each change asks the server. */
function TagFilter({ value, error, onChange }: { value: string; error: string | undefined; onChange: (tags: string) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const commit = () => typed.trim() !== value && onChange(typed.trim());
  return (
    <span className={styles.tagFilter}>
      <Input
        icon={<TagIcon aria-hidden />}
        mono
        type="search"
        aria-label="Filter metrics by tags"
        aria-invalid={error !== undefined || undefined}
        placeholder="env:prod, team:core"
        className={styles.filter ?? ''}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => event.key === 'Enter' && commit()}
      />
      {error !== undefined && (
        <span role="alert" className={styles.wrong}>
          {error}
        </span>
      )}
    </span>
  );
}

function Nothing({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  if (isFiltered) {
    return (
      <EmptyState icon={<ChartLine />} title="No metric fits" actions={<Button onClick={onClear}>Clear the filters</Button>}>
        None of the metrics that reported in the chosen time has such a name, type and tags.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={<ChartLine />} title="No metric reported in this time" actions={<Link to={'/account/settings/agent' as never}>Install an agent</Link>}>
      Once an agent or a library sends, its metrics are listed here within seconds. If something sends already, <Link to={'/account/settings/intake' as never}>see why it does not arrive</Link>.
    </EmptyState>
  );
}
