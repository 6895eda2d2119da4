/** A host beside the page it was opened from. */
import { Link } from '@tanstack/react-router';
import { Maximize2 } from 'lucide-react';

import { ErrorState, SidePanel, SkeletonRows, Tabs } from '../../../components';
import { useParam, useParams } from '../../../util/url-state';
import { useHost, type Host } from '../data/hosts';
import parts from '../parts/parts.module.css';
import { timeOf } from '../parts/time-of';
import { HostActions } from './HostActions';
import { HostChecks, useChecks } from './HostChecks';
import { HostGraphs } from './HostGraphs';
import { HostHead } from './HostHead';
import { HostMachine } from './HostMachine';
import { HostTags } from './HostTags';
import styles from './host.module.css';

export interface HostPanelProps {
  name: string;
  onClose: () => void;
  onFilter: (text: string, isOut: boolean) => void;
}

export function HostPanel({ name, onClose, onFilter }: HostPanelProps) {
  const host = useHost(name);
  const time = timeOf(useParams());
  const full = (
    <Link to={`/infrastructure/host/${encodeURIComponent(name)}` as never} search={time as never} className={parts.linkButton}>
      <Maximize2 aria-hidden /> Full page
    </Link>
  );
  const actions = (
    <>
      {full}
      {host.data && <HostActions host={host.data} />}
    </>
  );
  return (
    <SidePanel title={name} label={`Host ${name}`} actions={actions} onClose={onClose}>
      {host.data ? (
        <Details key={name} host={host.data} onFilter={onFilter} />
      ) : host.error ? (
        <ErrorState error={host.error} onRetry={() => void host.refetch()} />
      ) : (
        <SkeletonRows />
      )}
    </SidePanel>
  );
}

function Details({ host, onFilter }: { host: Host; onFilter: HostPanelProps['onFilter'] }) {
  const [tab, setTab] = useParam('tab', 'graphs');
  const checks = useChecks(host.name);
  const tabs = [
    { id: 'graphs', label: 'Graphs' },
    { id: 'tags', label: 'Tags', count: host.tagList.length },
    { id: 'checks', label: 'Checks', ...(checks.data ? { count: checks.data.length } : {}) },
    { id: 'machine', label: 'Machine' },
  ];
  return (
    <div className={styles.stack}>
      <HostHead host={host} />
      <Tabs label="About this host" tabs={tabs} value={tab} onChange={(next) => setTab(next, { replace: true })} />
      {tab === 'tags' && <HostTags host={host} onFilter={onFilter} />}
      {tab === 'checks' && <HostChecks host={host} />}
      {tab === 'machine' && <HostMachine host={host} />}
      {!['tags', 'checks', 'machine'].includes(tab) && <HostGraphs name={host.name} />}
    </div>
  );
}
