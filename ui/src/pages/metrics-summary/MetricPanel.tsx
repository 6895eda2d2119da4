/** One metric: its graph, metadata, tags with their cardinality, hosts and volume. */
import { Link } from '@tanstack/react-router';
import { ChartLine } from 'lucide-react';

import { MetricGraph } from '../../charts';
import { CopyButton, SidePanel, Tabs } from '../../components';
import { useParam } from '../../util/url-state';
import { spaceAggregator, useMetadata, useTags, type Detail } from './data';
import { MetadataPart } from './MetadataPart';
import styles from './summary.module.css';
import { TagsPart } from './TagsPart';
import { VolumePart } from './VolumePart';

interface Props {
  metric: string;
  detail: Detail | undefined;
  onClose: () => void;
}

export function MetricPanel({ metric, detail, onClose }: Props) {
  const [tab, setTab] = useParam('tab', 'metadata');
  const tags = useTags(metric);
  const metadata = useMetadata(metric);
  const hosts = tags.data?.find(({ key }) => key === 'host')?.values;
  const query = `${spaceAggregator(metadata.data?.type ?? detail?.type)}:${metric}{*}`;
  const parts = [
    { id: 'metadata', label: 'Metadata' },
    { id: 'tags', label: 'Tags', ...(tags.data ? { count: tags.data.length } : {}) },
    { id: 'hosts', label: 'Hosts', ...(hosts ? { count: hosts.length } : {}) },
    { id: 'volume', label: 'Volume' },
  ];
  return (
    <SidePanel
      label={`Metric ${metric}`}
      title={<code className={styles.name}>{metric}</code>}
      onClose={onClose}
      actions={
        <>
          <CopyButton text={metric} label="Copy the name" />
          <Link to={'/metric/explorer' as never} search={{ a: query } as never} className={styles.open}>
            <ChartLine aria-hidden />
            Open in explorer
          </Link>
        </>
      }
    >
      <div className={styles.panel}>
        <MetricGraph title={query} query={query} height={140} legend={false} />
        <Tabs label="Parts of the metric" tabs={parts} value={tab} onChange={(next) => setTab(next, { replace: true })} />
        {tab === 'metadata' && <MetadataPart metric={metric} />}
        {tab === 'tags' && <TagsPart metric={metric} found={tags} />}
        {tab === 'hosts' && <TagsPart metric={metric} found={tags} only="host" />}
        {tab === 'volume' && <VolumePart metric={metric} detail={detail} />}
      </div>
    </SidePanel>
  );
}
