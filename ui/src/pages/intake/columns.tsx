import type { Column } from '../../components';
import { agoText, fullText } from '../../time/format';
import { useTime } from '../../time/time-context';
import { cx } from '../../util/cx';
import type { RouteRow } from './data';
import { reasonText } from './hints';
import styles from './intake.module.css';

export const ROUTE_COLUMNS: readonly Column<RouteRow>[] = [
  { id: 'what', header: 'Data', value: (row) => row.what, cell: (row) => <span className={styles.what}>{row.what}</span>, width: 'minmax(130px, 1fr)' },
  { id: 'route', header: 'Route', value: (row) => row.route, cell: (row) => <code>{row.route}</code>, width: 'minmax(180px, 1.5fr)' },
  { id: 'accepted', header: 'Accepted', value: (row) => row.accepted, cell: (row) => <Count n={row.accepted} />, width: '100px', align: 'right' },
  { id: 'lastAccepted', header: 'Last accepted', value: (row) => row.lastAccepted, cell: (row) => <Age at={row.lastAccepted} />, width: '130px' },
  { id: 'refused', header: 'Refused', value: (row) => row.refused, cell: (row) => <Count n={row.refused} tone="alert" />, width: '90px', align: 'right' },
  { id: 'lastRefused', header: 'Last refused', value: (row) => row.lastRefused, cell: (row) => <Age at={row.lastRefused} />, width: '130px' },
  { id: 'discarded', header: 'Discarded', value: (row) => row.discarded, cell: (row) => <Count n={row.discarded} tone="warn" />, width: '100px', align: 'right' },
  { id: 'why', header: 'Last reason', value: (row) => row.problems[0]?.reason ?? '', cell: (row) => <Why row={row} />, width: 'minmax(200px, 2fr)' },
];

function Count({ n, tone }: { n: number; tone?: 'warn' | 'alert' }) {
  if (n === 0) return <span className={styles.faint}>0</span>;
  return <span className={cx(tone && styles[tone], tone && styles.strong)}>{n.toLocaleString('en-US')}</span>;
}

export function Age({ at }: { at: number | undefined }) {
  const { zone } = useTime();
  if (at === undefined) return <span className={styles.faint}>Never</span>;
  return <time dateTime={new Date(at).toISOString()} title={fullText(at, zone)}>{agoText(at, Date.now())}</time>;
}

function Why({ row }: { row: RouteRow }) {
  const problem = row.problems[0];
  if (!problem) return null;
  return (
    <>
      {reasonText(problem.reason)}
      {problem.sample && <span className={styles.message}>{problem.sample.message}</span>}
    </>
  );
}
