/** One of the built-in graphs, over the page's time. */
import { ChartLine } from 'lucide-react';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';

import { Graph, useTimeseries, type ChartData } from '../../../charts';
import { IconButton } from '../../../components';
import { useTime } from '../../../time';
import type { BuiltinGraph } from '../data/graphs';

interface Props {
  graph: BuiltinGraph;
  height?: number;
  onFilter?: (tag: string, isOut: boolean) => void;
}

export function SystemGraph({ graph, height = 150, onFilter }: Props) {
  const { range } = useTime();
  const navigate = useNavigate();
  const { data: raw, ...result } = useTimeseries(graph.queries, graph.formulas, range);
  const data = useMemo(() => (raw ? named(raw, graph) : undefined), [raw, graph]);
  const explore = () => {
    const queries = Object.fromEntries(graph.queries.map(({ name, query }) => [name, query]));
    void navigate({ to: '/metric/explorer' as never, search: ((old: Record<string, string>) => ({ ...timeOf(old), ...queries })) as never });
  };
  return (
    <Graph
      title={graph.title}
      kind={graph.kind}
      height={height}
      result={{ ...result, data }}
      tools={<IconButton label="Open in the metrics explorer" icon={<ChartLine />} onClick={explore} />}
      {...(onFilter ? { onFilter } : {})}
    />
  );
}

/** The parameters of the time alone. */
export function timeOf(params: Record<string, string | undefined>): Record<string, string> {
  const kept = ['span', 'from_ts', 'to_ts', 'live'].map((name) => [name, params[name]]);
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined)) as Record<string, string>;
}

/** The lines under the names and the unit that the graph knows. */
function named(data: ChartData, { labels, unit }: BuiltinGraph): ChartData {
  const series = data.series.map((line) => {
    const at = /^line (\d+)$/.exec(line.id)?.[1];
    const label = at === undefined ? undefined : labels[Number(at)];
    const ofTags = line.tags.map((tag) => tag.slice(tag.indexOf(':') + 1)).join(', ');
    return { ...line, label: label || ofTags || line.label, ...(unit ? { unit } : {}) };
  });
  return { ...data, series };
}
