import type { Column } from '../../components';
import { agoText, dayText, fullText } from '../../time/format';
import { useTime } from '../../time/time-context';
import type { KeyKind, KeyRow } from './data';
import styles from './keys.module.css';
import { WORDS } from './words';

export function keyColumns(kind: KeyKind): Column<KeyRow>[] {
  const columns: Column<KeyRow>[] = [
    { id: 'name', header: 'Name', value: (row) => row.name, cell: (row) => <span className={styles.name}>{row.name}</span>, width: 'minmax(180px, 2fr)' },
    { id: 'last4', header: 'Key', value: (row) => row.last4, cell: (row) => <Masked last4={row.last4} />, width: '130px', sortable: false },
    { id: 'created', header: 'Created', value: (row) => row.created, cell: (row) => <Day at={row.created} />, width: '130px' },
    { id: 'lastUsed', header: 'Last used', value: (row) => row.lastUsed, cell: (row) => <Used at={row.lastUsed} />, width: '140px' },
    { id: 'owner', header: WORDS[kind].owner, value: (row) => row.owner, width: 'minmax(140px, 1fr)' },
  ];
  if (kind === 'application') {
    const text = (row: KeyRow) => (row.scopes === null ? 'All of its owner' : row.scopes.join(', '));
    columns.push({ id: 'scopes', header: 'Scopes', value: text, width: 'minmax(140px, 1.5fr)' });
  }
  return columns;
}

export function Masked({ last4 }: { last4: string }) {
  return (
    <code className={styles.masked} aria-label={`ends in ${last4}`}>
      ••••••••{last4}
    </code>
  );
}

function Day({ at }: { at: number }) {
  const { zone } = useTime();
  return <time dateTime={new Date(at).toISOString()} title={fullText(at, zone)}>{dayText(at, zone)}</time>;
}

/** `Never` when it was not used since it was made. */
export function Used({ at }: { at: number | undefined }) {
  const { zone } = useTime();
  if (at === undefined) return <span className={styles.faint}>Never</span>;
  return <time dateTime={new Date(at).toISOString()} title={fullText(at, zone)}>{agoText(at, Date.now())}</time>;
}
