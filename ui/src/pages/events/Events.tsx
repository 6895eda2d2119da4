/**
 * The event explorer: facets, histogram, stream and the panel of one event. Search, columns, sort
 * and the open event are in the address.
 */
import { Plus } from 'lucide-react';
import { useMemo } from 'react';

import type { Action } from '../../actions';
import { ApiError } from '../../api';
import { Button, ErrorState, SkeletonRows, Table, toast } from '../../components';
import { ColumnMenu } from '../../explorer/ColumnMenu';
import { ExportMenu } from '../../explorer/ExportMenu';
import { FacetPanel } from '../../explorer/FacetPanel';
import { tagFacets } from '../../explorer/facets';
import { addTerm, clickFacet, clickOf, facetTerm, withoutFacets } from '../../explorer/search';
import { SearchBar } from '../../explorer/SearchBar';
import { StateHistogram } from '../../explorer/StateHistogram';
import { useWidths, withWidths } from '../../explorer/widths';
import { ITEMS_MAX, useLiveList } from '../../explorer/use-live-list';
import { Page } from '../../shell';
import { fullText } from '../../time/format';
import { useTime } from '../../time/time-context';
import { copyText } from '../../util/copy';
import { useParam, useParams, useSetParams } from '../../util/url-state';
import { chosenColumns, COLUMNS, COLUMNS_FIRST } from './columns';
import { FACETS, fetchEvents, idOf, STATES, statusOf, timeOf, type EventItem } from './data';
import { EventPanel } from './EventPanel';
import { EventsEmpty } from './EventsEmpty';
import { NewEventPanel } from './NewEventPanel';
import split from '../../components/split.module.css';
import styles from './events.module.css';

const TAG_FACETS_MAX = 12;

export default function Events() {
  const { query: search = '', event: openId, new: isNew } = useParams();
  const setParams = useSetParams();
  const [columnText, setColumnText] = useParam('cols', COLUMNS_FIRST.join(','));
  const [sort, setSort] = useParam('sort', '-time');
  const { range } = useTime();
  const setSearch = (next: string) => setParams({ query: next });

  const found = useEvents(search);
  const facets = useFacets(search);
  const items = found.data?.items;
  const open = (id: string | undefined) => setParams({ event: id, new: undefined });
  const filter = (tag: string, isOut: boolean) => {
    const colon = tag.indexOf(':');
    const field = colon < 0 ? 'tags' : tag.slice(0, colon);
    setSearch(addTerm(search, facetTerm(field, [tag.slice(colon + 1)], isOut)));
  };
  const [widths, setWidth, resetWidths] = useWidths('events');
  const columns = useMemo(() => withWidths(chosenColumns(columnText), widths), [columnText, widths]);
  const cutFrom = found.data?.isCut ? found.data.items.at(-1)?.time : undefined;
  const create = () => setParams({ new: '1', event: undefined });
  const step = (by: number) => {
    const at = items?.findIndex((event) => event.id === openId) ?? -1;
    const next = items?.[Math.max(0, at + by)];
    if (next) open(next.id);
  };

  return (
    <Page
      title="Events"
      time
      layout="fill"
      actions={actionsOf(openId, step, create)}
      buttons={
        <Button icon={<Plus />} onClick={create}>
          New event
        </Button>
      }
    >
      <SearchBar label="Search events" placeholder="Search by text, source:jenkins, status:error, env:prod" value={search} onChange={setSearch} facets={facets.facets} items={facets.items} error={searchError(found.error)} />
      <div className={split.body}>
        <FacetPanel name="events" facets={facets.facets} items={facets.items} search={search} onSearch={setSearch} note={facets.note} />
        <section className={split.main} aria-label="Found events">
          <StateHistogram
            label="Events by status"
            items={items}
            states={STATES}
            timeOf={timeOf}
            stateOf={statusOf}
            knownFrom={cutFrom}
            onState={(state, event) => setSearch(clickFacet(search, 'status', state, clickOf(event)))}
          />
          <div className={styles.bar}>
            <Count found={found.data} />
            <ColumnMenu all={COLUMNS} chosen={columns.map((column) => column.id)} first={COLUMNS_FIRST} onChange={(ids) => setColumnText(ids.join(','))} onReset={resetWidths} />
            <ExportMenu name="events" rows={items ?? []} columns={COLUMNS} />
          </div>
          {found.error && !items ? (
            <ErrorState error={found.error} onRetry={() => void found.refetch()} />
          ) : !items ? (
            <SkeletonRows rows={20} height={32} />
          ) : (
            <Table
              label="Events"
              columns={columns}
              rows={items}
              rowId={idOf}
              sort={sort}
              onSort={(next) => setSort(next)}
              onResize={setWidth}
              onOpen={(event) => open(event.id)}
              openId={openId}
              dimmed={found.isPlaceholderData || found.error !== null}
              empty={<EventsEmpty search={search} range={range} onSearch={setSearch} />}
            />
          )}
        </section>
      </div>
      {openId !== undefined && isNew === undefined && (
        <EventPanel key={openId} id={openId} known={items?.find((event) => event.id === openId)} onFilter={filter} onOpen={open} onStep={step} onClose={() => open(undefined)} />
      )}
      {isNew !== undefined && (
        <NewEventPanel
          onDone={(id) => {
            toast('Event posted');
            open(id);
            void found.refetch();
          }}
          onClose={() => setParams({ new: undefined })}
        />
      )}
    </Page>
  );
}

/** What the server says against the search itself. */
function searchError(error: Error | null): string | undefined {
  return error instanceof ApiError && error.status === 400 ? error.message : undefined;
}

function useEvents(search: string, enabled = true) {
  return useLiveList<EventItem>({
    key: ['events', search],
    fetchPage: (range, after, signal) => fetchEvents(search, range, after, signal),
    idOf,
    timeOf,
    enabled,
  });
}

/** What the facets count: the same search without their own terms. */
function useFacets(search: string) {
  const plain = useEvents(search);
  const known = plain.data?.items;
  const tagged = useMemo(() => tagFacets(known ?? [], (event) => event.tags, TAG_FACETS_MAX), [known]);
  const fields = useMemo(() => [...FACETS, ...tagged].map((facet) => facet.field), [tagged]);
  const base = withoutFacets(search, fields);
  const isSame = base === search;
  const wider = useEvents(base, !isSame);
  const data = isSame ? plain.data : (wider.data ?? plain.data);
  const facets = useMemo(() => {
    const keys = tagFacets(data?.items ?? [], (event) => event.tags, TAG_FACETS_MAX);
    const taken = new Set(FACETS.map((facet) => facet.field));
    return [...FACETS, ...keys.filter((facet) => !taken.has(facet.field))];
  }, [data]);
  const note = data?.isCut ? `Counts are of the newest ${ITEMS_MAX.toLocaleString('en-US')} events.` : undefined;
  return { facets, items: data?.items, note };
}

function Count({ found }: { found: { items: EventItem[]; isCut: boolean } | undefined }) {
  const { zone } = useTime();
  if (!found) return <span className={split.count}>Searching…</span>;
  const n = found.items.length;
  const oldest = found.items.at(-1);
  return (
    <span className={split.count} role="status">
      {found.isCut && oldest
        ? `Newest ${n.toLocaleString('en-US')} events, back to ${fullText(oldest.time, zone)}`
        : `${n.toLocaleString('en-US')} event${n === 1 ? '' : 's'}`}
    </span>
  );
}

function actionsOf(openId: string | undefined, step: (by: number) => void, create: () => void): Action[] {
  return [
    { id: 'events.next', label: 'Next event', group: 'Events', shortcut: 'j', run: () => step(1) },
    { id: 'events.previous', label: 'Previous event', group: 'Events', shortcut: 'k', run: () => step(-1) },
    { id: 'events.new', label: 'Post an event', group: 'Events', keywords: 'create new send', run: create },
    {
      id: 'events.copy',
      label: 'Copy link to the open event',
      group: 'Events',
      shortcut: 'c',
      when: () => openId !== undefined,
      run: () => {
        const link = `${window.location.origin}/event/explorer?event=${openId ?? ''}`;
        void copyText(link).then(() => toast('Link copied'));
      },
    },
  ];
}
