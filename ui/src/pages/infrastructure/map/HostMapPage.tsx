/** `/infrastructure/map`: every host as a hexagon, coloured by a metric, grouped by tags. */
import { Link, useNavigate } from '@tanstack/react-router';
import { List } from 'lucide-react';
import { useCallback, useMemo } from 'react';

import { useShownTheme } from '../../../charts';
import { formatValue } from '../../../charts/format';
import { ErrorState } from '../../../components';
import { noTag } from '../../../hostmap/groups';
import { HostMap } from '../../../hostmap/HostMap';
import { paletteColors } from '../../../hostmap/scale';
import { Page } from '../../../shell';
import { useParams } from '../../../util/url-state';
import { cx } from '../../../util/cx';
import { withWord } from '../data/filter';
import { LazyHostPanel } from '../host/LazyHostPanel';
import { NoHosts } from '../parts/NoHosts';
import { NothingFits } from '../parts/NothingFits';
import parts from '../parts/parts.module.css';
import { timeOf } from '../parts/time-of';
import { HostCard } from './HostCard';
import { Legend } from './Legend';
import styles from './map.module.css';
import { useMapState, type MapState } from './state';
import { Summary } from './Summary';
import { Toolbar } from './Toolbar';
import { useMap } from './use-map';

export default function HostMapPage() {
  const { state, set } = useMapState();
  const map = useMap(state);
  const filter = (text: string, isOut: boolean) => set({ filter: withWord(state.filter, text, isOut) });
  const search = { ...timeOf(useParams()), filter: state.filter };
  const navigate = useNavigate();
  const actions = [
    { id: 'hosts.list', label: 'Show hosts as a list', group: 'Page', shortcut: 'v', keywords: 'table', run: () => void navigate({ to: '/infrastructure' as never, search: search as never }) },
  ];
  const button = (
    <Link to={'/infrastructure' as never} search={search as never} className={parts.linkButton}>
      <List aria-hidden /> Host list
    </Link>
  );
  return (
    <Page title="Host map" crumbs={[{ label: 'Infrastructure', to: '/infrastructure' }]} time layout="fill" buttons={button} actions={actions}>
      {map.known.data?.length === 0 ? (
        <NoHosts />
      ) : (
        <>
          <Toolbar state={state} fill={map.wanted} hosts={map.all} metrics={map.metrics} set={set} />
          <Content state={state} map={map} set={set} />
        </>
      )}
      {state.host !== undefined && <LazyHostPanel name={state.host} onFilter={filter} onClose={() => set({ host: undefined })} />}
    </Page>
  );
}

interface Props {
  state: MapState;
  map: ReturnType<typeof useMap>;
  set: ReturnType<typeof useMapState>['set'];
}

function Content({ state, map, set }: Props) {
  const theme = useShownTheme();
  const colors = useMemo(() => paletteColors(state.palette, theme, state.isFlipped), [state.palette, theme, state.isFlipped]);
  const { hosts, shown, fill, size, format, sizeUnit } = map;
  const open = useCallback((host: string) => set({ host }), [set]);
  const group = useCallback(
    (path: readonly string[]) => {
      const tags = path.map((value, at) => groupWord(state.groupBy[at] ?? '', value)).filter((word) => !state.filter.split(' ').includes(word));
      set({ filter: [state.filter, ...tags].filter(Boolean).join(' ') });
    },
    [set, state.filter, state.groupBy],
  );
  const card = useCallback(
    (at: number) => {
      const host = hosts[at];
      if (!host) return null;
      const of = (label: string, value: number | null | undefined, text: (value: number) => string) => ({ label, text: value === null || value === undefined ? 'no data' : text(value) });
      const filled = fill && of(fill.label, shown.fill[at], format);
      const sized = size && of(size.label, shown.size?.[at], (value) => formatValue(value, sizeUnit));
      return <HostCard host={host} fill={filled} size={sized} now={Date.now()} />;
    },
    [hosts, shown, fill, size, format, sizeUnit],
  );
  if (map.known.error && !map.known.data) return <ErrorState error={map.known.error} onRetry={() => void map.known.refetch()} />;
  return (
    <>
      <div className={styles.bar}>
        <Summary map={map} />
        {fill && (
          <Legend
            label={fill.label}
            colors={colors}
            domain={map.domain}
            values={shown.fill}
            unit={map.unit}
            min={state.min}
            max={state.max}
            onChange={(end, value) => set({ [end]: value })}
          />
        )}
      </div>
      <div className={cx(styles.map, map.values.isOld && styles.old)}>
        {map.known.data && hosts.length === 0 ? (
          <NothingFits filter={state.filter} hides="Hosts without data are hidden, and none has any." onClear={() => set({ filter: undefined, nometrichosts: undefined })} />
        ) : (
          <HostMap
            label={`Hosts by ${fill?.label ?? 'name'}: arrows move, Enter opens`}
            hosts={hosts}
            sections={map.sections}
            values={shown}
            domain={map.domain}
            palette={state.palette}
            isFlipped={state.isFlipped}
            theme={theme}
            format={format}
            open={state.host}
            onOpen={open}
            onGroup={group}
            card={card}
          />
        )}
      </div>
    </>
  );
}

/** The filter's word for a group: its tag, or that there is none of the key. */
function groupWord(key: string, value: string): string {
  return value === noTag(key) ? `-${key}:*` : `${key}:${value}`;
}
