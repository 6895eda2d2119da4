import { Status } from '../../../components';
import styles from './map.module.css';
import type { useMap } from './use-map';

/** How many hosts are shown, and what of them is missing. */
export function Summary({ map }: { map: ReturnType<typeof useMap> }) {
  const { hosts, all, shown, values, known, fill } = map;
  if (!known.data) return <p className={styles.summary}>Loading hosts…</p>;
  const without = shown.fill.filter((value) => value === null).length;
  const muted = hosts.filter(({ isMuted }) => isMuted).length;
  const count = (n: number) => n.toLocaleString('en-US');
  const error = values.error ?? known.error;
  return (
    <p className={styles.summary} role="status">
      <strong>{count(hosts.length)}</strong>
      {hosts.length === all.length ? (hosts.length === 1 ? ' host' : ' hosts') : ` of ${count(all.length)} hosts`}
      {fill && values.data && without > 0 && <span>{count(without)} without data</span>}
      {muted > 0 && <Status state="muted" text={`${count(muted)} muted`} />}
      {map.active.data?.length === 0 && <span>no metric has reported within a day</span>}
      {map.partial && <Status state="warn" text={`Partial: ${map.partial}`} />}
      {error && <Status state="alert" text={error instanceof Error ? error.message : String(error)} />}
    </p>
  );
}
