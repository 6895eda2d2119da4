import { ErrorState, Skeleton } from '../../components';
import { fullText } from '../../time/format';
import { useTime } from '../../time/time-context';
import { useVolume, type Detail } from './data';
import styles from './summary.module.css';

/** How much a metric is. */
export function VolumePart({ metric, detail }: { metric: string; detail: Detail | undefined }) {
  const volume = useVolume(metric);
  const { zone } = useTime();
  if (volume.error) return <ErrorState error={volume.error} />;
  if (!volume.data) return <Skeleton height={100} />;
  const count = (n: number | undefined) => (n === undefined ? '–' : n.toLocaleString('en-US'));
  const rows: [string, string, string][] = [
    ['Ingested custom metrics', count(volume.data.ingested), 'Combinations of host and tags that were sent in the past hour'],
    ['Indexed custom metrics', count(volume.data.indexed), 'Those that can be told apart with the tags that are indexed'],
    ['Series', count(detail?.series), 'Stored series with points in the past hour'],
    ['Hosts', count(detail?.hosts), 'Different hosts among them'],
    ['Last point', detail ? fullText(detail.last, zone) : '–', ''],
  ];
  return (
    <dl className={styles.meta}>
      {rows.map(([label, value, what]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <span className="num">{value}</span>
            {what !== '' && <span className={styles.what}>{what}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
