/** All hosts by CPU, small: a click opens a host. */
import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';

import { useShownTheme } from '../../charts';
import { ErrorState, Skeleton } from '../../components';
import { HostMap } from '../../hostmap/HostMap';
import { HostCard } from '../infrastructure/map/HostCard';
import { readState } from '../infrastructure/map/state';
import { useMap } from '../infrastructure/map/use-map';
import { cx } from '../../util/cx';
import styles from './home.module.css';

const FEW = 6;
const SOME = 24;

/** How much room the map takes; before the hosts are known the least, as most servers have few. */
function sizeOf(count: number): string | undefined {
  if (count <= FEW) return styles['few'];
  return count <= SOME ? styles['some'] : undefined;
}

/** As the map itself is until someone chooses. */
const STATE = readState({});

export function HomeMap() {
  const map = useMap(STATE);
  const theme = useShownTheme();
  const navigate = useNavigate();
  const { hosts, shown, fill, format } = map;
  const open = useCallback((name: string) => void navigate({ to: `/infrastructure/host/${encodeURIComponent(name)}` as never }), [navigate]);
  const card = useCallback(
    (at: number) => {
      const host = hosts[at];
      const value = shown.fill[at];
      return host && <HostCard host={host} fill={fill && { label: fill.label, text: value === null || value === undefined ? 'no data' : format(value) }} size={undefined} now={Date.now()} />;
    },
    [hosts, shown, fill, format],
  );
  return (
    <section className={styles.part} aria-labelledby="home-map">
      <h2 id="home-map" className={styles.heading}>
        Hosts{fill && ` by ${fill.label}`}
        <Link to={'/infrastructure/map' as never}>Host map</Link>
      </h2>
      <div className={cx(styles.map, sizeOf(hosts.length))}>
        {map.known.error && !map.known.data ? (
          <ErrorState error={map.known.error} onRetry={() => void map.known.refetch()} />
        ) : !map.known.data ? (
          <Skeleton height="100%" />
        ) : hosts.length === 0 ? (
          <p className={styles.none}>Points arrive, but none names its host: they have no place on the map.</p>
        ) : (
          <HostMap
            label={`Hosts by ${fill?.label ?? 'name'}: arrows move, Enter opens`}
            hosts={hosts}
            sections={map.sections}
            values={shown}
            domain={map.domain}
            palette={STATE.palette}
            isFlipped={false}
            theme={theme}
            format={format}
            open={undefined}
            onOpen={open}
            onGroup={() => {}}
            card={card}
          />
        )}
      </div>
    </section>
  );
}
