/**
 * `/dashboard/lists`: all dashboards, with the lists at the left. Search, list, sort are in the
 * address.
 */
import { useNavigate } from '@tanstack/react-router';
import { FileUp, LayoutDashboard, Plus, Search } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, type DragEvent } from 'react';

import type { Action } from '../../actions';
import { queryClient, usePageInfo } from '../../api';
import { Button, EmptyState, ErrorState, Input, Menu, SkeletonRows, Table, toast } from '../../components';
import { createDashboard, importDashboard, pathOf, type Imported, type Summary } from '../../dashboards/api';
import { ImportDialog } from '../../dashboards/dialogs/ImportDialog';
import { Page } from '../../shell';
import { useParams, useSetParams } from '../../util/url-state';
import { BulkBar } from './BulkBar';
import { columnsOf } from './columns';
import { countsOf, fits, inList, SORT_FIRST } from './data';
import { Lists } from './Lists';
import split from '../../components/split.module.css';
import styles from './list.module.css';
import { useListItems, useManualLists, useSummaries } from './use-summaries';

const NONE: ReadonlySet<string> = new Set();

export default function DashboardList() {
  const { q = '', list = 'all', sort = SORT_FIRST } = useParams();
  const set = useSetParams();
  const navigate = useNavigate();
  const { data: me } = usePageInfo();
  const isDeleted = list === 'deleted';
  const found = useSummaries(isDeleted);
  const alive = useSummaries(false);
  const lists = useManualLists();
  const manualId = /^\d+$/.test(list) ? Number(list) : undefined;
  const items = useListItems(manualId);
  const [selected, setSelected] = useState(NONE);
  const place = useRef<HTMLDivElement>(null);
  const isReady = found.data !== undefined;
  useEffect(() => {
    // So that j and k move at once.
    if (isReady && document.activeElement === document.body) place.current?.querySelector<HTMLElement>('[role="grid"]')?.focus({ preventScroll: true });
  }, [isReady]);
  const [isImporting, setImporting] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const handle = me?.user.handle ?? '';
  const rows = useMemo(() => {
    const of = (found.data ?? []).filter((row) => (manualId === undefined ? inList(row, list, handle) : (items.data?.some(({ id }) => id === row.id) ?? false)));
    return of.filter((row) => fits(row, q));
  }, [found.data, manualId, list, handle, items.data, q]);
  const columns = useMemo(() => columnsOf(isDeleted), [isDeleted]);
  const chosen = rows.filter(({ id }) => selected.has(id));
  const open = (row: Summary) => void navigate({ to: pathOf(row) as never });
  const create = async (layout_type: 'ordered' | 'free') => {
    try {
      const title = `${me?.user.name || 'New'}’s dashboard ${new Date().toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}`;
      const made = await createDashboard({ title, layout_type, widgets: [], ...(layout_type === 'ordered' ? { reflow_type: 'fixed' as const } : {}) });
      void queryClient.invalidateQueries({ queryKey: ['dashboards'] });
      await navigate({ to: pathOf(made) as never, search: { edit: 'true' } as never });
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), { isError: true });
    }
  };
  const done = ({ dashboard, notes }: Imported) => {
    void queryClient.invalidateQueries({ queryKey: ['dashboards'] });
    for (const note of notes ?? []) toast(note);
    void navigate({ to: pathOf(dashboard) as never });
  };
  const dropped = async (event: DragEvent) => {
    const file = event.dataTransfer.files[0];
    if (!file) return;
    event.preventDefault();
    try {
      done(await importDashboard(await file.text(), true));
    } catch (error) {
      toast(error instanceof Error ? `${file.name}: ${error.message}` : String(error), { isError: true });
    }
  };
  const actions: Action[] = [
    { id: 'dashboards.new', label: 'New dashboard', group: 'Dashboards', shortcut: 'n', keywords: 'create', run: () => void create('ordered') },
    { id: 'dashboards.search', label: 'Search dashboards', group: 'Dashboards', shortcut: '/', run: () => search.current?.focus() },
    { id: 'dashboards.import', label: 'Import a dashboard', group: 'Dashboards', keywords: 'json file', run: () => setImporting(true) },
  ];
  return (
    <Page
      title="Dashboards"
      layout="fill"
      actions={actions}
      buttons={
        <>
          <Button icon={<FileUp />} onClick={() => setImporting(true)}>
            Import
          </Button>
          <Menu
            items={[
              { label: 'Ordered, on a grid', icon: <LayoutDashboard />, shortcut: 'n', run: () => void create('ordered') },
              { label: 'Free layout', icon: <LayoutDashboard />, run: () => void create('free') },
            ]}
          >
            <Button kind="primary" icon={<Plus />}>
              New dashboard
            </Button>
          </Menu>
        </>
      }
    >
      <div className={split.body} onDragOver={(event) => event.preventDefault()} onDrop={(event) => void dropped(event)}>
        <Lists current={list} counts={countsOf(alive.data ?? [], handle)} lists={lists.data ?? []} onChoose={(next) => { setSelected(NONE); set({ list: next === 'all' ? undefined : next }); }} />
        <section className={split.main} aria-label="Dashboards">
          <div className={styles.bar}>
            <Input
              ref={search}
              icon={<Search />}
              className={styles.search}
              aria-label="Search dashboards"
              placeholder="Search by title, author, tag"
              value={q}
              onChange={(event) => set({ q: event.currentTarget.value }, { replace: true })}
            />
            <span className={split.count} role="status">
              {found.data ? `${rows.length.toLocaleString('en-US')} dashboard${rows.length === 1 ? '' : 's'}` : ''}
            </span>
            {chosen.length > 0 && <BulkBar rows={chosen} isDeleted={isDeleted} lists={lists.data ?? []} listId={manualId} items={items.data ?? []} onDone={() => setSelected(NONE)} />}
          </div>
          {found.error && !found.data ? (
            <ErrorState error={found.error} onRetry={() => void found.refetch()} />
          ) : !found.data || (manualId !== undefined && items.isPending) ? (
            <SkeletonRows rows={16} height={36} />
          ) : (
            <div ref={place} className={styles.table}>
              <Table
                label="Dashboards"
                columns={columns}
                rows={rows}
                rowId={idOf}
                rowHeight={36}
                sort={sort}
                onSort={(next) => set({ sort: next === SORT_FIRST ? undefined : next }, { replace: true })}
                {...(isDeleted ? {} : { onOpen: open })}
                selected={selected}
                onSelect={setSelected}
                empty={<Nothing list={list} hasQuery={q !== ''} onNew={() => void create('ordered')} />}
              />
            </div>
          )}
        </section>
      </div>
      {isImporting && (
        <ImportDialog
          title="Import a dashboard"
          isSaved
          onDone={done}
          onClose={() => setImporting(false)}
        />
      )}
    </Page>
  );
}

const idOf = ({ id }: Summary): string => id;

function Nothing({ list, hasQuery, onNew }: { list: string; hasQuery: boolean; onNew: () => void }) {
  if (hasQuery) return <EmptyState title="Nothing fits the search">Titles, descriptions, authors and tags are searched.</EmptyState>;
  const [title, text] = {
    deleted: ['Nothing was deleted', 'Deleted dashboards stay here for 30 days.'],
    shared: ['No shared dashboards', 'Share… in the menu of a dashboard makes a link for people without an account.'],
    starred: ['No starred dashboards', 'A star puts a dashboard here and on top of the list.'],
  }[list] ?? ['No dashboards here', /^\d+$/.test(list) ? 'Select dashboards and add them to this list.' : 'Make one, or import the JSON of one.'];
  return (
    <EmptyState icon={<LayoutDashboard />} title={title ?? ''} actions={list === 'deleted' || list === 'shared' ? undefined : <Button kind="primary" onClick={onNew}>New dashboard</Button>}>
      {text}
    </EmptyState>
  );
}
