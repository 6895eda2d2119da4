/** The keys of the organization: list, search, the panel of one, making a new one. */
import { KeyRound, Plus, Search } from 'lucide-react';
import { Link } from '@tanstack/react-router';

import { Button, EmptyState, ErrorState, Input, SkeletonRows, Table } from '../../components';
import { Page } from '../../shell';
import { cx } from '../../util/cx';
import { useParams, useSetParams } from '../../util/url-state';
import { keyColumns } from './columns';
import { useKeys, type KeyKind, type KeyRow } from './data';
import { KeyPanel } from './KeyPanel';
import { NewKeyPanel } from './NewKeyPanel';
import styles from './keys.module.css';
import { KEYS_CRUMBS, WORDS } from './words';

const PLACES: readonly { kind: KeyKind; to: string }[] = [
  { kind: 'api', to: '/organization-settings/api-keys' },
  { kind: 'application', to: '/organization-settings/application-keys' },
];

const COLUMNS_OF = { api: keyColumns('api'), application: keyColumns('application') } as const;

export function KeysPage({ kind }: { kind: KeyKind }) {
  const words = WORDS[kind];
  const { filter = '', sort = 'name', key: openId, new: isNew } = useParams();
  const setParams = useSetParams();
  const found = useKeys(kind);
  const rows = (found.data ?? []).filter((row) => fits(row, filter));
  const open = found.data?.find((row) => row.id === openId);
  const create = () => setParams({ new: '1', key: undefined });
  const isEmpty = found.data?.length === 0;
  return (
    <Page
      title={words.title}
      crumbs={KEYS_CRUMBS}
      layout="fill"
      actions={[{ id: 'keys.new', label: `New ${words.one}`, group: 'Keys', keywords: 'create', run: create }]}
      buttons={
        <Button kind="primary" icon={<Plus />} onClick={create}>
          New Key
        </Button>
      }
    >
      <nav className={styles.tabs} aria-label="Kinds of keys">
        {PLACES.map((place) => (
          <Link key={place.kind} to={place.to as never} className={cx(styles.tab, place.kind === kind && styles.here)} aria-current={place.kind === kind ? 'page' : undefined}>
            {WORDS[place.kind].title}
          </Link>
        ))}
      </nav>
      <div className={styles.intro}>
        <p>{words.what}</p>
        <Input
          icon={<Search aria-hidden />}
          type="search"
          className={styles.filter ?? ''}
          aria-label="Search keys by name, last four characters or person"
          placeholder="Search keys"
          value={filter}
          onChange={(event) => setParams({ filter: event.currentTarget.value }, { replace: true })}
        />
      </div>
      {found.error && !found.data ? (
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data ? (
        <SkeletonRows rows={6} height={36} />
      ) : (
        <div className={styles.list}>
          <Table
            label={words.title}
            columns={COLUMNS_OF[kind]}
            rows={rows}
            rowId={(row) => row.id}
            rowHeight={36}
            sort={sort}
            onSort={(next) => setParams({ sort: next })}
            onOpen={(row) => setParams({ key: row.id, new: undefined })}
            openId={openId}
            dimmed={found.isError}
            empty={
              <EmptyState icon={<KeyRound />} title={isEmpty ? `There is no ${words.one} yet` : 'No key fits the search'} actions={isEmpty ? <Button onClick={create}>New Key</Button> : <Button onClick={() => setParams({ filter: undefined })}>Clear the search</Button>}>
                {isEmpty ? words.what : ''}
              </EmptyState>
            }
          />
        </div>
      )}
      {open && isNew === undefined && <KeyPanel key={open.id} kind={kind} row={open} onClose={() => setParams({ key: undefined })} />}
      {isNew !== undefined && <NewKeyPanel kind={kind} onClose={() => setParams({ new: undefined })} />}
    </Page>
  );
}

function fits(row: KeyRow, filter: string): boolean {
  const wanted = filter.trim().toLowerCase();
  return [row.name, row.last4, row.owner].some((text) => text.toLowerCase().includes(wanted));
}
