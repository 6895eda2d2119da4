import { Link } from '@tanstack/react-router';

import { countText, formatValue, Sparkline, UNITS } from '../../charts';
import { Skeleton } from '../../components';
import { useTime } from '../../time';
import { useHosts } from '../infrastructure/data/hosts';
import { hostState } from '../infrastructure/data/status';
import { useServerStatus, type usePointRate } from './data';
import { Figure } from './Figure';
import styles from './home.module.css';

interface Props {
  rate: ReturnType<typeof usePointRate>;
  metricCount: number | undefined;
}

/** The state of everything in a handful of numbers. */
export function Figures({ rate, metricCount }: Props) {
  const { range } = useTime();
  const hosts = useHosts(range, { refreshMs: (count) => (count === 0 ? 4000 : 20_000) });
  const status = useServerStatus();
  const now = Date.now();
  const up = hosts.data?.filter((host) => ['Up', 'Muted'].includes(hostState(host, now).text)).length;
  const storage = status.data?.storage;
  return (
    <dl className={styles.figures}>
      <Figure label="Hosts up" note={hosts.data && up !== undefined && up < hosts.data.length ? `of ${countText(hosts.data.length)}` : undefined}>
        {up === undefined ? hosts.error ? '–' : <Skeleton width={48} height={20} /> : <Link to={'/infrastructure' as never}>{countText(up)}</Link>}
      </Figure>
      <Figure label="Points per second" note={rate.history.length > 1 ? <Sparkline values={rate.history} label="Points per second since this page was opened" width={72} height={18} /> : undefined}>
        {rate.now === undefined ? rate.intake.error ? '–' : <Skeleton width={48} height={20} /> : <Link to={'/account/settings/intake' as never}>{formatValue(rate.now, null)}</Link>}
      </Figure>
      <Figure label="Metrics, last day" note={storage?.series_last_day === undefined ? undefined : `${countText(storage.series_last_day)} series`}>
        {metricCount === undefined ? <Skeleton width={48} height={20} /> : <Link to={'/metric/summary' as never}>{countText(metricCount)}</Link>}
      </Figure>
      <Figure label="Stored" note={status.data && `up for ${formatValue(status.data.uptime_secs, UNITS.second)}`}>
        {storage ? formatValue((storage.file_bytes ?? 0) + (storage.buffered_bytes ?? 0), UNITS.byte) : status.error ? '–' : <Skeleton width={48} height={20} />}
      </Figure>
    </dl>
  );
}
