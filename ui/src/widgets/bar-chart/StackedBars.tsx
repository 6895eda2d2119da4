import { useMemo } from 'react';

import { metricOf } from '../../api/timeseries';
import { seriesColor, useShownTheme } from '../../charts';
import type { UnitPair } from '../../charts/units';
import { DataState } from '../parts/DataState';
import { useTip } from '../parts/tip';
import { usePivotPoint } from '../parts/use-pivot-point';
import { rowColors } from '../query/colors';
import { bag, text } from '../query/json';
import { unitOf, valueText } from '../query/numbers';
import { ordered, orderOf } from '../query/rows';
import { useGrid } from '../query/use-grid';
import type { WidgetViewProps } from '../registry';
import { leadColumn } from '../toplist/toplist';
import { Plot } from '../wildcard/Plot';
import type { Channel, Spec } from '../wildcard/spec';
import styles from './bar-chart.module.css';
import { stackedBars } from './stacked';

const channel = (type: Channel['type']): Channel => ({ field: '', type, aggregate: undefined, title: '', sort: undefined, isLog: false, isStacked: true, hasZero: true });
const SPEC: Pick<Spec, 'mark' | 'channels'> = { mark: 'bar', channels: { x: channel('nominal'), y: channel('quantitative') } };
const PERCENT: UnitPair = [{ family: 'percentage', name: 'percent', plural: 'percent', short_name: '%', scale_factor: 1 }, null];
const LEGEND_MOST = 60;

/** The first group key names the bars, the others are parts of them. Source: openapi core-v1, `BarChartWidgetStyle`. */
export function StackedBars({ definition }: WidgetViewProps) {
  const { raw, answers, grid, waits } = useGrid(definition);
  const theme = useShownTheme();
  const tip = useTip();
  const pivot = usePivotPoint(definition);
  const style = bag(definition['style']);
  const isRelative = style['scaling'] === 'relative';
  const order = orderOf(raw[0] ?? {});
  const lead = leadColumn(grid, order);
  const column = grid.columns[lead];
  const drawing = useMemo(() => stackedBars(ordered(grid.rows, order), lead, isRelative), [grid, lead, isRelative]);
  const palette = text(style['palette']) ?? text(bag(raw[0]?.['style'])['palette']);
  const { groups } = drawing;
  const colors = useMemo(() => {
    const list = rowColors(groups.map((group) => ({ id: group, tags: [group], values: [] })), palette, theme);
    return new Map(groups.map((group, at) => [group, list[at] ?? '']));
  }, [groups, palette, theme]);
  const colorOf = (group: string) => (group === '' ? seriesColor(0, theme) : (colors.get(group) ?? ''));
  const unit = isRelative ? PERCENT : unitOf(column?.line.format ?? {}, column?.unit);
  const write = (value: number) => valueText(value, isRelative ? {} : (column?.line.format ?? {}), unit);
  const hasLegend = groups.length > 1 && bag(style['display'])['legend'] !== 'none';
  return (
    <>
      <DataState answers={answers} waits={waits} isEmpty={drawing.marks.length === 0}>
        <div className={styles.stacked}>
          <Plot
            spec={SPEC}
            unit={unit ?? null}
            drawing={drawing}
            colorOf={colorOf}
            write={write}
            tip={tip}
            label={definition.title || 'Bar chart'}
            onPick={(event, mark, said) => pivot.open(event, { heading: `${mark.tags.join(', ')} · ${said}`, tags: mark.tags, label: String(mark.across), metric: metricOf(column?.line.label ?? '') })}
          />
          {hasLegend && (
            <ul className={styles.legend} aria-label="Groups">
              {groups.slice(0, LEGEND_MOST).map((group) => (
                <li key={group}>
                  <span className={styles.swatch} style={{ background: colorOf(group) }} />
                  {group}
                </li>
              ))}
            </ul>
          )}
        </div>
      </DataState>
      {tip.node}
      {pivot.menu}
    </>
  );
}
