/** Groups by two values: one across, one up; a third may be the size. */
import { useMemo, useRef } from 'react';

import { metricOf } from '../../api/timeseries';
import { assignColors, seriesColor, useShownTheme } from '../../charts';
import { useWidget } from '../context';
import { DataState } from '../parts/DataState';
import { axisFor } from '../parts/ticks';
import { TipRow, useTip } from '../parts/tip';
import { usePivotPoint } from '../parts/use-pivot-point';
import { useSize } from '../parts/use-size';
import { useScalars } from '../query/ask';
import { list, text } from '../query/json';
import { unitOf, valueText } from '../query/numbers';
import { gridOf, type RowColumn } from '../query/rows';
import type { WidgetViewProps } from '../registry';
import { axisLabel, axisOf } from '../timeseries/markers';
import { pointsOf, scatterRequest } from './points';
import styles from './scatterplot.module.css';

const PAD = { left: 52, right: 14, top: 8, bottom: 40 };
const RADIUS = 4.5;
const SIZES = [3, 16] as const;
/** More circles than the page moves smoothly. */
const POINTS_MAX = 2000;
const LEGEND_MAX = 8;
const LEGEND_HEIGHT = 200;
/** Pixels per letter of a title. */
const LETTER = 6;

export default function ScatterplotView({ definition }: WidgetViewProps) {
  const { variables } = useWidget();
  const theme = useShownTheme();
  const tip = useTip();
  const pivot = usePivotPoint(definition);
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const asked = useMemo(() => scatterRequest(definition['requests'], variables), [definition, variables]);
  const answers = useScalars(asked.requests);
  const datas = answers.parts.map(({ data }) => data);
  const grid = useMemo(() => gridOf(asked.requests, answers.parts), [asked, ...datas]);
  const colorBy = list(definition['color_by_groups']).flatMap((key) => text(key) ?? []);
  const all = useMemo(() => pointsOf(grid, asked.dimensions, colorBy), [grid, asked, colorBy.join()]);
  const points = all.slice(0, POINTS_MAX);
  const groups = assignColors(points.map(({ group }) => group));
  const [xColumn, yColumn] = (['x', 'y'] as const).map((dimension) => grid.columns[asked.dimensions.indexOf(dimension)]);
  const [xUnit, yUnit] = [unitOf(xColumn?.line.format ?? {}, xColumn?.unit), unitOf(yColumn?.line.format ?? {}, yColumn?.unit)];
  const x = axisFor(points.map((point) => point.x), axisOf(definition['xaxis']), xUnit, Math.max(2, width / 90));
  const y = axisFor(points.map((point) => point.y), axisOf(definition['yaxis']), yUnit, Math.max(2, height / 48));
  const inner = { width: Math.max(1, width - PAD.left - PAD.right), height: Math.max(1, height - PAD.top - PAD.bottom) };
  const left = (value: number) => PAD.left + x.place(value) * inner.width;
  const top = (value: number) => PAD.top + (1 - y.place(value)) * inner.height;
  const colorOf = (group: string) => seriesColor(group === '' ? 0 : (groups.get(group) ?? 0), theme);
  const [xTitle, yTitle] = [axisLabel(definition['xaxis']) ?? titleOf(xColumn), axisLabel(definition['yaxis']) ?? titleOf(yColumn)];
  const write = (value: number, column: typeof xColumn) => valueText(value, column?.line.format ?? {}, column?.unit);
  return (
    <>
      <div ref={box} className={styles.box}>
        <DataState answers={answers} waits={asked.requests.flatMap(({ waits }) => waits)} isEmpty={points.length === 0} notes={all.length > POINTS_MAX ? [`Drawn are ${POINTS_MAX} of ${all.length}`] : []}>
          <svg width={width} height={height} role="group" aria-label={`${definition.title ?? 'Scatter plot'}: ${points.length} points`} onMouseLeave={tip.hide}>
            {y.ticks.map((tick, at) => (
              <g key={tick}>
                <line className={styles.grid} x1={PAD.left} x2={width - PAD.right} y1={top(tick)} y2={top(tick)} />
                <text className={styles.tick} x={PAD.left - 6} y={top(tick)} textAnchor="end" dominantBaseline="central">
                  {y.labels[at]}
                </text>
              </g>
            ))}
            {x.ticks.map((tick, at) => (
              <g key={tick}>
                <line className={styles.grid} x1={left(tick)} x2={left(tick)} y1={PAD.top} y2={PAD.top + inner.height} />
                <text className={styles.tick} x={left(tick)} y={PAD.top + inner.height + 14} textAnchor="middle">
                  {x.labels[at]}
                </text>
              </g>
            ))}
            <text className={styles.title} x={PAD.left + inner.width / 2} y={height - 8} textAnchor="middle">
              {cut(xTitle, inner.width)}
            </text>
            <text className={styles.title} transform={`translate(12 ${PAD.top + inner.height / 2}) rotate(-90)`} textAnchor="middle">
              {cut(yTitle, inner.height)}
            </text>
            {points.map((point) => (
              <circle
                key={point.id}
                className={styles.point}
                cx={left(point.x)}
                cy={top(point.y)}
                r={point.size === undefined ? RADIUS : SIZES[0] + (SIZES[1] - SIZES[0]) * Math.sqrt(point.size)}
                fill={colorOf(point.group)}
                stroke={colorOf(point.group)}
                onMouseMove={(event) =>
                  tip.show(event, <><TipRow color={colorOf(point.group)} name={point.name} /><TipRow name={xTitle} value={write(point.x, xColumn)} /><TipRow name={yTitle} value={write(point.y, yColumn)} /></>)
                }
                onMouseLeave={tip.hide}
                onClick={(event) => pivot.open(event, { heading: `${point.name} · ${write(point.x, xColumn)}, ${write(point.y, yColumn)}`, tags: point.tags, label: point.name })}
              />
            ))}
          </svg>
          {groups.size > 1 && height >= LEGEND_HEIGHT && (
            <ul className={styles.legend} aria-label="Groups">
              {[...groups.keys()].slice(0, LEGEND_MAX).map((group) => (
                <li key={group}>
                  <span style={{ background: colorOf(group) }} />
                  <b title={group}>{group || 'N/A'}</b>
                </li>
              ))}
            </ul>
          )}
        </DataState>
      </div>
      {tip.node}
      {pivot.menu}
    </>
  );
}

/** The metric says more than the rest of its query. */
function titleOf(column: RowColumn | undefined): string {
  return column ? (column.line.alias ?? metricOf(column.title) ?? column.title) : '';
}

function cut(title: string, room: number): string {
  const letters = Math.max(4, Math.floor(room / LETTER));
  return title.length > letters ? `${title.slice(0, letters - 1)}…` : title;
}
