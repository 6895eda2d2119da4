/** What the map shows and how: filter, groups, colour, size. */
import { useMemo } from 'react';

import { Select } from '../../../components';
import { PALETTE_NAMES, paletteLabel } from '../../../hostmap/scale';
import type { Params } from '../../../util/url-state';
import { AGGREGATES, readyMeasures, type Measure } from '../data/fills';
import { keyCounts, tagCounts } from '../data/filter';
import type { Host } from '../data/hosts';
import { FilterBox } from '../parts/FilterBox';
import { Picker, type Choice } from '../parts/Picker';
import { GROUPS_MAX, type MapState } from './state';
import styles from './toolbar.module.css';

interface Props {
  state: MapState;
  /** The fill that is shown: chosen or by itself. */
  fill: Measure | undefined;
  hosts: readonly Host[];
  /** Names of metrics that report. */
  metrics: readonly string[];
  set: (patch: Params, options?: { replace?: boolean }) => void;
}

const KEYS_SHOWN_MAX = 500;

export function Toolbar({ state, fill, hosts, metrics, set }: Props) {
  const tags = useMemo(() => tagCounts(hosts), [hosts]);
  const groups = useMemo(() => groupChoices(hosts), [hosts]);
  const measures = useMemo(() => measureChoices(metrics), [metrics]);
  return (
    <div className={styles.toolbar} role="toolbar" aria-label="Host map">
      <FilterBox value={state.filter} tags={tags} onChange={(filter) => set({ filter }, { replace: true })} />
      <Picker
        label="Group by"
        text={state.groupBy.join(', ') || 'nothing'}
        choices={groups}
        chosen={state.groupBy}
        max={GROUPS_MAX}
        none="No host has such a tag"
        onChange={(keys) => set({ groupby: keys.join(',') })}
      />
      <Picker
        label="Fill by"
        text={fill?.label ?? 'nothing'}
        choices={measures}
        chosen={fill ? [whatOf(fill)] : []}
        none="No such metric has reported within a day"
        onChange={([what]) => set({ fillby: `${aggregateOf(fill)}:${what}`, fillmin: undefined, fillmax: undefined })}
        foot={<FillOptions state={state} fill={fill} set={set} />}
      />
      <Picker
        label="Size by"
        text={state.size?.label ?? 'nothing'}
        choices={[{ id: '', label: 'Nothing: all alike' }, ...measures]}
        chosen={[state.size ? whatOf(state.size) : '']}
        onChange={([what]) => set({ sizeby: what ? `avg:${what}` : undefined })}
      />
    </div>
  );
}

function FillOptions({ state, fill, set }: Pick<Props, 'state' | 'fill' | 'set'>) {
  return (
    <>
      <div className={styles.option}>
        <span>Of a host’s series</span>
        <Select
          aria-label="Of a host’s series"
          value={aggregateOf(fill)}
          options={AGGREGATES.map((value) => ({ value, label: value }))}
          onChange={(aggregate) => fill && set({ fillby: `${aggregate}:${whatOf(fill)}` })}
        />
      </div>
      <div className={styles.option}>
        <span>Over the time</span>
        <Select
          aria-label="Over the time"
          value={state.isNewest ? 'last' : 'all'}
          options={[
            { value: 'all', label: 'all of it' },
            { value: 'last', label: 'newest value' },
          ]}
          onChange={(value) => set({ fillover: value === 'last' ? 'last' : undefined })}
        />
      </div>
      <div className={styles.option}>
        <span>Colours</span>
        <Select aria-label="Colours" value={state.palette} options={PALETTE_NAMES.map((value) => ({ value, label: paletteLabel(value) }))} onChange={(palette) => set({ palette })} />
      </div>
      <label className={styles.option}>
        <span>Low values stand out</span>
        <input type="checkbox" checked={state.isFlipped} onChange={(event) => set({ paletteflip: event.currentTarget.checked ? 'true' : undefined })} />
      </label>
      <label className={styles.option}>
        <span>Hosts without data</span>
        <input type="checkbox" checked={state.withEmpty} onChange={(event) => set({ nometrichosts: event.currentTarget.checked ? undefined : 'false' })} />
      </label>
    </>
  );
}

function whatOf({ id }: Measure): string {
  return id.slice(id.indexOf(':') + 1);
}

function aggregateOf(measure: Measure | undefined): string {
  return measure ? measure.id.slice(0, measure.id.indexOf(':')) : 'avg';
}

function groupChoices(hosts: readonly Host[]): Choice[] {
  const keys = keyCounts(hosts).filter(({ key }) => key !== 'host');
  return keys.slice(0, KEYS_SHOWN_MAX).map(({ key, hosts: count, values }) => ({
    id: key,
    label: key,
    detail: `${values.toLocaleString('en-US')} ${values === 1 ? 'value' : 'values'} · ${count.toLocaleString('en-US')} ${count === 1 ? 'host' : 'hosts'}`,
  }));
}

function measureChoices(metrics: readonly string[]): Choice[] {
  const ready = readyMeasures(metrics).map(({ id, label }) => ({ id, label, group: 'Measures' }));
  return [...ready, ...metrics.map((name) => ({ id: name, label: name, group: 'Metrics' }))];
}
