import type { Column } from '../../components';
import { agoText, fullText } from '../../time/format';
import { useTime } from '../../time/time-context';
import { unitText, useMetadata, useSettled, type MetricRow } from './data';
import styles from './summary.module.css';

type MetricColumn = Column<MetricRow>;

const count = (n: number | undefined) => (n === undefined ? <None /> : n.toLocaleString('en-US'));

export const METRIC_COLUMNS: readonly MetricColumn[] = [
  { id: 'name', header: 'Metric', value: (row) => row.name, cell: (row) => <code className={styles.name}>{row.name}</code>, width: 'minmax(240px, 3fr)' },
  { id: 'type', header: 'Type', value: (row) => row.detail?.type, cell: (row) => row.detail?.type ?? <None />, width: '110px' },
  { id: 'unit', header: 'Unit', value: () => undefined, cell: (row) => <Unit metric={row.name} />, width: 'minmax(100px, 160px)', sortable: false },
  { id: 'series', header: 'Series', value: (row) => row.detail?.series, cell: (row) => count(row.detail?.series), width: '90px', align: 'right' },
  { id: 'hosts', header: 'Hosts', value: (row) => row.detail?.hosts, cell: (row) => count(row.detail?.hosts), width: '80px', align: 'right' },
  { id: 'last', header: 'Last point', value: (row) => row.detail?.last, cell: (row) => <Last at={row.detail?.last} />, width: '130px' },
];

function None() {
  return (
    <span className={styles.faint} title="No point in the past hour">
      –
    </span>
  );
}

const SETTLED_MS = 200;

/** Asked for when its row stays in sight. */
function Unit({ metric }: { metric: string }) {
  const isSettled = useSettled(SETTLED_MS);
  const { data } = useMetadata(metric, isSettled);
  return <span className={styles.faint}>{unitText(data)}</span>;
}

function Last({ at }: { at: number | undefined }) {
  const { zone } = useTime();
  if (at === undefined || at === 0) return <None />;
  return <time dateTime={new Date(at).toISOString()} title={fullText(at, zone)}>{agoText(at, Date.now())}</time>;
}
