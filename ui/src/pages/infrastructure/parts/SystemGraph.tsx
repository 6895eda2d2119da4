/** One of the built-in graphs, over the page's time. */
import { ChartLine } from 'lucide-react';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';

import { Graph, useTimeseries, type ChartData } from '../../../charts';
import { IconButton } from '../../../components';
import { timeseriesOf } from '../../../dashboards/share/definition';
import { useTime } from '../../../time';
import type { BuiltinGraph } from '../data/graphs';
import styles from './graph.module.css';
import { Names } from './Names';
import { timeOf } from './time-of';

interface Props {
  graph: BuiltinGraph;
  onFilter?: (tag: string, isOut: boolean) => void;
}

export function SystemGraph({ graph, onFilter }: Props) {
  const { range } = useTime();
  const navigate = useNavigate();
  const { data: raw, ...result } = useTimeseries(graph.queries, graph.formulas, range);
  const data = useMemo(() => (raw ? named(raw, graph) : undefined), [raw, graph]);
  const explore = () => {
    const queries = Object.fromEntries(graph.queries.map(({ name, query }) => [name, query]));
    void navigate({ to: '/metric/explorer' as never, search: ((old: Record<string, string>) => ({ ...timeOf(old), ...queries })) as never });
  };
  return (
    <div className={styles.graph}>
      <div className={styles.chart}>
        <Graph
          title={graph.title}
          kind={graph.kind}
          result={{ ...result, data }}
          widget={() => timeseriesOf(graph)}
          tools={<IconButton label="Open in the metrics explorer" icon={<ChartLine />} onClick={explore} />}
          {...(onFilter ? { onFilter } : {})}
        />
      </div>
      <Names data={data} isStacked={graph.kind === 'area'} />
    </div>
  );
}

/** The lines under the names and the unit that the graph knows. */
function named(data: ChartData, { lines, unit }: BuiltinGraph): ChartData {
  const series = data.series.map((line) => {
    const known = line.tags.length === 0 ? lines[line.line ?? 0] : undefined;
    const ofTags = line.tags.map((tag) => tag.slice(tag.indexOf(':') + 1)).join(', ');
    const label = known?.label || ofTags || line.label;
    return { ...line, label, color: known?.color ?? line.color, ...(unit ? { unit } : {}) };
  });
  return { ...data, series };
}
