import { useMemo } from 'react';

import { type ChartData, type ChartKind, type ChartScale, Graph } from '../../charts';
import type { GraphResult } from '../../charts/Graph';
import { cx } from '../../util/cx';
import styles from './explorer.module.css';

interface Props {
  data: ChartData;
  result: GraphResult;
  kind: ChartKind;
  scale: ChartScale;
  onFilter: (tag: string, isOut: boolean) => void;
}

/** More graphs than anyone compares. */
const GRAPHS_MAX = 60;
/** Few graphs are large, many small. */
const FEW = 6;
const collator = new Intl.Collator('en', { numeric: true });

/** One graph per group, all with the same scale, so that sizes compare. */
export function SplitGraphs({ data, result, kind, scale, onFilter }: Props) {
  const groups = useMemo(() => {
    const byGroup = Map.groupBy(data.series, ({ tags, label }) => tags.join(', ') || label);
    const groups = [...byGroup].sort(([a], [b]) => collator.compare(a, b));
    return groups.map(([group, series]) => ({ group, data: { ...data, series } }));
  }, [data]);
  const yMax = useMemo(() => maxOf(data, kind), [data, kind]);
  return (
    <div className={styles.splitScroller}>
      <div className={cx(styles.split, groups.length <= FEW && styles.few)}>
        {groups.slice(0, GRAPHS_MAX).map(({ group, data: own }) => (
          <Graph key={group} title={group} result={{ ...result, data: own }} kind={kind} scale={scale} height={groups.length <= FEW ? 260 : 160} yMax={yMax} onFilter={onFilter} />
        ))}
      </div>
      {groups.length > GRAPHS_MAX && <p className={styles.more}>+ {groups.length - GRAPHS_MAX} more groups: narrow the query to see them.</p>}
    </div>
  );
}

/** The largest value, or sum of a group's stack. */
function maxOf(data: ChartData, kind: ChartKind): number | undefined {
  const perGroup = new Map<string, number[]>();
  for (const { tags, label, values } of data.series) {
    const key = kind === 'line' ? label : tags.join(', ') || label;
    const sums = perGroup.get(key) ?? [];
    for (const [at, value] of values.entries()) sums[at] = (sums[at] ?? 0) + (value ?? 0);
    perGroup.set(key, sums);
  }
  let max = 0;
  for (const sums of perGroup.values()) for (const sum of sums) max = Math.max(max, sum ?? 0);
  return max > 0 ? max : undefined;
}
