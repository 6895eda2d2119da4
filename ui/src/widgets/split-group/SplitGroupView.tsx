/** One widget per value of a tag. */
import { useCallback, useMemo, useRef, useState } from 'react';

import type { WidgetDefinition } from '../../dashboards/model';
import { substitute } from '../../dashboards/variables';
import { useWidget } from '../context';
import { DataState } from '../parts/DataState';
import { useOverflow } from '../parts/use-overflow';
import { useSize } from '../parts/use-size';
import { useScalars } from '../query/ask';
import { bag, oneOf } from '../query/json';
import { gridOf, ordered, valueOf } from '../query/rows';
import type { WidgetViewProps } from '../registry';
import { WidgetView } from '../WidgetView';
import { SharedAxisOf } from './shared';
import { evenColumns, narrowedDefinition, splitLook, type Split } from './split';
import styles from './split-group.module.css';

/** Least widths and heights, in pixels. */
const SIZES = { xs: [160, 96], sm: [220, 130], md: [320, 180], lg: [480, 260] } as const;

export default function SplitGroupView({ definition }: WidgetViewProps) {
  const { variables, onFilter, dashboardId } = useWidget();
  const box = useRef<HTMLDivElement>(null);
  const { width: boxWidth } = useSize(box);
  const look = useMemo(() => splitLook(definition), [definition]);
  const asked = useMemo(() => {
    if (look.static.length > 0 || look.query === undefined) return [];
    const query = { name: 'q', query: substitute(look.query, variables), aggregator: look.aggregator };
    return [{ queries: [query], formulas: [{ formula: 'q', label: query.query, format: {}, conditions: [] }], waits: [] }];
  }, [look, variables]);
  const answers = useScalars(asked);
  const rows = ordered(gridOf(asked, answers.parts).rows, { by: [{ kind: 'formula', index: 0, isDown: look.isDown }], count: look.limit });
  const splits: readonly Split[] = look.static.length > 0 ? look.static.slice(0, look.limit) : rows;
  const source = bag(definition['source_widget_definition']) as WidgetDefinition;
  const [width, height] = SIZES[oneOf(definition['size'], ['xs', 'sm', 'md', 'lg'] as const) ?? 'md'];
  const shared = useShared(definition['has_uniform_y_axes'] === true);
  const key = splits.map(({ tags }) => tags.join()).join(' ');
  const graphs = useMemo(() => splits.map((split) => ({ split, inner: narrowedDefinition({ ...source, ...(definition.time ? { time: definition.time } : {}) }, split, split.tags.map(valueOf).join(', ')) })), [key, source, definition.time]);
  const grid = useRef<HTMLDivElement>(null);
  const isOver = useOverflow(grid, graphs);
  return (
    <div ref={box} className={styles.place}>
      <DataState answers={answers} waits={[]} isEmpty={splits.length === 0}>
        <SharedAxisOf value={shared}>
          <div ref={grid} {...(isOver ? { tabIndex: 0, role: 'group', 'aria-label': definition.title || 'Split graph' } : {})} className={styles.grid} style={{ gridTemplateColumns: `repeat(${evenColumns(graphs.length, boxWidth, width)}, minmax(0, 1fr))`, gridAutoRows: `minmax(${height}px, 1fr)` }}>
            {graphs.map(({ split, inner }) => (
              <div key={split.tags.join()} className={styles.graph}>
                <WidgetView definition={inner} variables={variables} {...(onFilter ? { onFilter } : {})} {...(dashboardId ? { dashboardId } : {})} />
              </div>
            ))}
          </div>
        </SharedAxisOf>
      </DataState>
    </div>
  );
}

function useShared(isUniform: boolean) {
  const [maxima, setMaxima] = useState<Readonly<Record<string, number>>>({});
  const report = useCallback((name: string, max: number) => setMaxima((before) => (before[name] === max ? before : { ...before, [name]: max })), []);
  return useMemo(() => {
    if (!isUniform) return null;
    const all = Object.values(maxima);
    return { max: all.length > 0 ? Math.max(...all) : undefined, report };
  }, [isUniform, maxima, report]);
}
