/** The columns of the host list. */
import { Link } from '@tanstack/react-router';

import { formatValue } from '../../../charts/format';
import { UNITS } from '../../../charts/units';
import { Status, Tag, type Column } from '../../../components';
import type { Host, HostMeta } from '../data/hosts';
import { ordered } from '../data/order';
import { lastSeenText, type HostState } from '../data/status';
import { Bar } from './Bar';
import styles from './list.module.css';

export interface Row {
  host: Host;
  state: HostState;
  meta: HostMeta;
  cpu: number | null;
  memory: number | null;
  load: number | null;
  iowait: number | null;
  /** When the row was made. */
  now: number;
}

/** More would not fit, and each is an element. */
const TAGS_SHOWN = 5;
const APPS_SHOWN = 4;

type OnFilter = (text: string, isOut: boolean) => void;

/** Those that are shown until someone chooses. */
export const DEFAULT_COLUMNS = ['name', 'status', 'cpu', 'memory', 'load', 'apps', 'agent', 'tags', 'seen'];

const numeric = { width: '104px', align: 'right' } as const;

function percent(value: number | null, label: string) {
  return <Bar part={value === null ? null : value / 100} text={formatValue(value, UNITS.percent)} label={label} />;
}

export function hostColumns(search: Record<string, string>, onFilter: OnFilter): (Column<Row> & { name: string })[] {
  return [
    {
      id: 'name',
      name: 'Host',
      header: 'Host',
      width: 'minmax(180px, 1.6fr)',
      value: ({ host }) => host.name,
      cell: ({ host }) => (
        <Link to={`/infrastructure/host/${encodeURIComponent(host.name)}` as never} search={search as never} className={styles.name} tabIndex={-1}>
          {host.name}
        </Link>
      ),
    },
    { id: 'status', name: 'Status', header: 'Status', width: '120px', value: ({ state }) => state.rank, cell: ({ state }) => <Status state={state.state} text={state.text} /> },
    { id: 'cpu', name: 'CPU', header: 'CPU', ...numeric, value: ({ cpu }) => cpu, cell: ({ cpu }) => percent(cpu, 'CPU used') },
    { id: 'memory', name: 'Memory', header: 'Memory', ...numeric, value: ({ memory }) => memory, cell: ({ memory }) => percent(memory, 'Memory used') },
    { id: 'iowait', name: 'I/O wait', header: 'I/O wait', ...numeric, value: ({ iowait }) => iowait, cell: ({ iowait }) => percent(iowait, 'I/O wait') },
    { id: 'load', name: 'Load', header: 'Load 15', width: '80px', align: 'right', value: ({ load }) => load, cell: ({ load }) => <Number value={load} /> },
    { id: 'apps', name: 'Apps', header: 'Apps', width: 'minmax(100px, 0.8fr)', value: ({ host }) => host.apps.length, cell: ({ host }) => <Apps apps={host.apps} /> },
    { id: 'agent', name: 'Agent', header: 'Agent', width: '90px', value: ({ meta }) => meta.agent_version, cell: ({ meta }) => meta.agent_version ?? <None /> },
    { id: 'platform', name: 'Platform', header: 'Platform', width: '90px', value: ({ meta }) => meta.platform, cell: ({ meta }) => meta.platform ?? <None /> },
    { id: 'cores', name: 'Cores', header: 'Cores', width: '70px', align: 'right', value: ({ meta }) => meta.cpuCores, cell: ({ meta }) => meta.cpuCores ?? <None /> },
    {
      id: 'tags',
      name: 'Tags',
      header: 'Tags',
      width: 'minmax(200px, 2.4fr)',
      value: ({ host }) => host.tagList.length,
      cell: ({ host }) => <RowTags tags={host.tagList} onFilter={onFilter} />,
    },
    {
      id: 'seen',
      name: 'Last seen',
      header: 'Last seen',
      width: '110px',
      value: ({ host }) => host.lastReported,
      cell: ({ host, now }) => <span className={styles.muted}>{lastSeenText(host.lastReported, now)}</span>,
    },
  ];
}

function None() {
  return (
    <span className={styles.faint} aria-label="unknown">
      –
    </span>
  );
}

function Number({ value }: { value: number | null }) {
  return value === null ? <None /> : <>{formatValue(value, null)}</>;
}

function Apps({ apps }: { apps: readonly string[] }) {
  const more = apps.length - APPS_SHOWN;
  return (
    <span className={styles.muted} title={apps.join(', ')}>
      {apps.slice(0, APPS_SHOWN).join(', ')}
      {more > 0 && ` + ${more}`}
    </span>
  );
}

function RowTags({ tags, onFilter }: { tags: readonly string[]; onFilter: OnFilter }) {
  const own = ordered(tags);
  return (
    <span className={styles.tags}>
      {own.slice(0, TAGS_SHOWN).map((tag) => (
        <Tag key={tag} text={tag} onFilter={onFilter} />
      ))}
      {own.length > TAGS_SHOWN && <span className={styles.faint}>+ {own.length - TAGS_SHOWN}</span>}
    </span>
  );
}
