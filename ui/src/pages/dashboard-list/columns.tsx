import { Link } from '@tanstack/react-router';
import { Link2, RotateCcw } from 'lucide-react';

import { queryClient } from '../../api';
import { Button, toast, type Column } from '../../components';
import { pathOf, restoreDashboards, type Summary } from '../../dashboards/api';
import { StarButton } from '../../dashboards/StarButton';
import { agoText } from '../../util/ago';
import styles from './list.module.css';

const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' });

/** How long ago, and the exact time on hover. */
function When({ at }: { at: string | null | undefined }) {
  const ms = Date.parse(at ?? '');
  if (Number.isNaN(ms)) return <span className={styles.muted}>–</span>;
  return (
    <time className={styles.muted} dateTime={at ?? undefined} title={DATE.format(ms)}>
      {agoText(ms, Date.now())}
    </time>
  );
}

const title: Column<Summary> = {
  id: 'title',
  header: 'Title',
  value: (row) => row.title,
  width: 'minmax(240px, 3fr)',
  cell: (row) => (
    <span className={styles.title}>
      {row.deleted_at ? <span className={styles.name}>{row.title}</span> : <Link to={pathOf(row) as never} className={styles.name}>{row.title}</Link>}
      {row.is_built_in && <span className={styles.badge}>Preset</span>}
      {row.is_read_only && !row.is_built_in && <span className={styles.badge}>Read only</span>}
      {row.is_restricted && !row.is_read_only && <span className={styles.badge}>Restricted</span>}
      {row.description && <span className={styles.description}>{plainText(row.description)}</span>}
    </span>
  ),
};

/** The first words of Markdown. */
export function plainText(markdown: string): string {
  return markdown
    .slice(0, 400)
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`#>|]+|^\s*-\s+/gm, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

const star: Column<Summary> = {
  id: 'star',
  header: '',
  value: (row) => (row.starred ? 1 : 0),
  width: '36px',
  sortable: false,
  cell: (row) => <StarButton id={row.id} isOn={row.starred ?? false} />,
};

const tags: Column<Summary> = {
  id: 'tags',
  header: 'Tags',
  value: (row) => (row.tags ?? []).join(' '),
  width: 'minmax(80px, 1fr)',
  cell: (row) => <span className={styles.muted}>{(row.tags ?? []).join(', ')}</span>,
};

const author: Column<Summary> = {
  id: 'author',
  header: 'Author',
  value: (row) => (row.is_built_in ? 'Procyon' : row.author?.name || row.author?.handle || ''),
  width: 'minmax(100px, 1fr)',
};

const popularity: Column<Summary> = {
  id: 'popularity',
  header: 'Popularity',
  value: (row) => row.popularity ?? 0,
  width: '96px',
  cell: (row) => <Popularity of={row.popularity ?? 0} views={row.views} />,
};

const widgets: Column<Summary> = { id: 'widgets', header: 'Widgets', value: (row) => row.widgets ?? null, width: '80px', align: 'right' };

const shared: Column<Summary> = {
  id: 'shared',
  header: 'Shared',
  value: (row) => (row.is_shared ? 1 : 0),
  width: '72px',
  cell: (row) =>
    row.is_shared && (
      <span className={styles.shared} title="Whoever has its link reads it without an account">
        <Link2 role="img" aria-label="Shared by link" />
      </span>
    ),
};

const viewed: Column<Summary> = {
  id: 'viewed',
  header: 'Last viewed',
  value: (row) => row.last_viewed_at ?? '',
  width: '112px',
  cell: (row) => <When at={row.last_viewed_at} />,
};

/** A preset is as old as the server, which nobody asks. */
const modifiedAt = (row: Summary) => (row.is_built_in ? '' : (row.modified_at ?? row.created_at ?? ''));

const modified: Column<Summary> = {
  id: 'modified',
  header: 'Modified',
  value: modifiedAt,
  width: '112px',
  cell: (row) => <When at={modifiedAt(row)} />,
};

const deleted: Column<Summary> = { ...modified, id: 'deleted', header: 'Deleted', value: (row) => row.deleted_at ?? '', cell: (row) => <When at={row.deleted_at} /> };

const restore: Column<Summary> = {
  id: 'restore',
  header: '',
  value: () => null,
  width: '110px',
  sortable: false,
  cell: (row) => (
    <Button kind="ghost" icon={<RotateCcw />} onClick={() => void bringBack([row])}>
      Restore
    </Button>
  ),
};

export async function bringBack(rows: readonly Summary[]): Promise<void> {
  try {
    await restoreDashboards(rows.map(({ id }) => id));
    await queryClient.invalidateQueries({ queryKey: ['dashboards'] });
    toast(rows.length === 1 ? `${rows[0]?.title} is back` : `${rows.length} dashboards are back`);
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), { isError: true });
  }
}

/** Five bars, as many filled as it is popular. */
function Popularity({ of, views }: { of: number; views: number | undefined }) {
  return (
    <span className={styles.popularity} title={views === undefined ? undefined : `${views.toLocaleString('en-US')} views`} aria-label={`${of} of 5`} role="img">
      {[1, 2, 3, 4, 5].map((at) => (
        <span key={at} data-on={at <= of || undefined} style={{ height: 3 + at * 2 }} />
      ))}
    </span>
  );
}

export function columnsOf(isDeleted: boolean): Column<Summary>[] {
  return isDeleted ? [title, author, widgets, deleted, restore] : [star, title, tags, author, popularity, shared, widgets, viewed, modified];
}
