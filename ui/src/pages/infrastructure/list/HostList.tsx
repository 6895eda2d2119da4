/** `/infrastructure`: all hosts as a table. */
import { Link, useNavigate } from '@tanstack/react-router';
import { Hexagon } from 'lucide-react';
import { useMemo } from 'react';

import { ErrorState, SkeletonRows, Status, Table, Tabs } from '../../../components';
import { Page } from '../../../shell';
import { useParams, useSetParams } from '../../../util/url-state';
import { tagCounts, withWord } from '../data/filter';
import { LazyHostPanel } from '../host/LazyHostPanel';
import { FilterBox } from '../parts/FilterBox';
import { NoHosts } from '../parts/NoHosts';
import { NothingFits } from '../parts/NothingFits';
import parts from '../parts/parts.module.css';
import { Picker } from '../parts/Picker';
import { timeOf } from '../parts/time-of';
import { DEFAULT_COLUMNS, hostColumns } from './columns';
import styles from './list.module.css';
import { useList } from './use-list';

/** In the order of what needs a look. */
const STATES = ['Not reporting', 'Silent', 'Muted', 'Up'];

export default function HostList() {
  const params = useParams();
  const set = useSetParams();
  const { filter = '', host: open, sort = 'name', status = '', cols } = params;
  const list = useList(filter, status);
  const tags = useMemo(() => tagCounts(list.all), [list.all]);
  const search = timeOf(params);
  const onFilter = (text: string, isOut: boolean) => set({ filter: withWord(filter, text, isOut) });
  const columns = hostColumns(search, onFilter);
  const ids = chosenColumns(cols, columns.map(({ id }) => id));
  const navigate = useNavigate();
  const actions = [
    { id: 'hosts.map', label: 'Show hosts as a map', group: 'Page', shortcut: 'v', keywords: 'hexagons', run: () => void navigate({ to: '/infrastructure/map' as never, search: { ...search, filter } as never }) },
  ];
  const button = (
    <Link to={'/infrastructure/map' as never} search={{ ...search, filter } as never} className={parts.linkButton}>
      <Hexagon aria-hidden /> Host map
    </Link>
  );
  const clear = () => set({ filter: undefined, status: undefined });
  return (
    <Page title="Host list" crumbs={[{ label: 'Infrastructure', to: '/infrastructure/map' }]} time layout="fill" buttons={button} actions={actions}>
      {list.known.data?.length === 0 ? (
        <NoHosts />
      ) : (
        <>
          <div className={styles.toolbar} role="toolbar" aria-label="Host list">
            <FilterBox value={filter} tags={tags} onChange={(next) => set({ filter: next }, { replace: true })} />
            <Picker
              label="Columns"
              text={String(ids.length)}
              max={columns.length}
              choices={columns.map(({ id, name }) => ({ id, label: name }))}
              chosen={ids}
              onChange={(next) => set({ cols: sameAsDefault(next) ? undefined : next.join(',') }, { replace: true })}
            />
          </div>
          <div className={styles.states}>
            <Tabs
              kind="segment"
              label="Status"
              tabs={[{ id: '', label: 'All', count: list.rows.length }, ...STATES.filter((state) => list.counts.has(state) || state === status).map((state) => ({ id: state, label: state, count: list.counts.get(state) ?? 0 }))]}
              value={status}
              onChange={(next) => set({ status: next })}
            />
            {list.values.error && <Status state="alert" text={list.values.error.message} />}
          </div>
          <div className={styles.place}>
            {list.known.error && !list.known.data ? (
              <ErrorState error={list.known.error} onRetry={() => void list.known.refetch()} />
            ) : !list.known.data ? (
              <SkeletonRows rows={20} height={32} />
            ) : (
              <Table
                label="Hosts"
                columns={ids.flatMap((id) => columns.find((column) => column.id === id) ?? [])}
                rows={list.shown}
                rowId={({ host }) => host.name}
                sort={sort}
                onSort={(next) => set({ sort: next === 'name' ? undefined : next }, { replace: true })}
                onOpen={({ host }) => set({ host: host.name })}
                openId={open}
                dimmed={list.known.isPlaceholderData}
                empty={<NothingFits filter={filter} hides={`No host has the status “${status}”.`} onClear={clear} />}
              />
            )}
          </div>
        </>
      )}
      {open && <LazyHostPanel name={open} onFilter={onFilter} onClose={() => set({ host: undefined, tab: undefined })} />}
    </Page>
  );
}

/** The columns of the address that there are; the name always. */
function chosenColumns(text: string | undefined, known: readonly string[]): string[] {
  if (text === undefined) return DEFAULT_COLUMNS;
  const wished = [...new Set(text.split(','))].filter((id) => known.includes(id));
  return wished.includes('name') ? wished : ['name', ...wished];
}

function sameAsDefault(ids: readonly string[]): boolean {
  return ids.join() === DEFAULT_COLUMNS.join();
}
