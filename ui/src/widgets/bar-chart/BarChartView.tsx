/** Groups as upright bars. */
import { useRef } from 'react';

import { metricOf } from '../../api/timeseries';
import { useShownTheme } from '../../charts';
import { DataState } from '../parts/DataState';
import { axisFor } from '../parts/ticks';
import { TipRow, useTip } from '../parts/tip';
import { usePivotPoint } from '../parts/use-pivot-point';
import { useSize } from '../parts/use-size';
import { rowColors } from '../query/colors';
import { matching } from '../query/conditions';
import { bag, text } from '../query/json';
import { unitOf, valueText } from '../query/numbers';
import { nameOf, ordered, orderOf } from '../query/rows';
import { useGrid } from '../query/use-grid';
import type { WidgetViewProps } from '../registry';
import { leadColumn } from '../toplist/toplist';
import styles from './bar-chart.module.css';
import { StackedBars } from './StackedBars';

const PAD = { left: 48, right: 12, top: 8, bottom: 24 };
const BARS_MAX = 100;
const WIDEST = 64;
const LETTER = 6.2;

export default function BarChartView({ definition }: WidgetViewProps) {
  const isStacked = bag(bag(definition['style'])['display'])['type'] === 'stacked';
  return isStacked ? <StackedBars definition={definition} /> : <FlatBars definition={definition} />;
}

function FlatBars({ definition }: WidgetViewProps) {
  const { raw, answers, grid, waits } = useGrid(definition);
  const theme = useShownTheme();
  const tip = useTip();
  const pivot = usePivotPoint(definition);
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const order = orderOf(raw[0] ?? {});
  const lead = leadColumn(grid, order);
  const rows = ordered(grid.rows, { ...order, count: Math.min(BARS_MAX, order.count ?? BARS_MAX) });
  const column = grid.columns[lead];
  const colors = rowColors(rows, text(bag(definition['style'])['palette']) ?? text(bag(raw[0]?.['style'])['palette']), theme);
  const values = rows.map(({ values: own }) => own[lead] ?? 0);
  const y = axisFor(values, {}, unitOf(column?.line.format ?? {}, column?.unit), Math.max(2, height / 48));
  const inner = { width: Math.max(1, width - PAD.left - PAD.right), height: Math.max(1, height - PAD.top - PAD.bottom) };
  const step = inner.width / Math.max(1, rows.length);
  const bar = Math.min(WIDEST, step * 0.7);
  const top = (value: number) => PAD.top + (1 - y.place(value)) * inner.height;
  const room = Math.floor(step / LETTER);
  return (
    <>
      <div ref={box} className={styles.box}>
        <DataState answers={answers} waits={waits} isEmpty={rows.length === 0}>
          <svg width={width} height={height} role="group" aria-label={`${definition.title ?? 'Bar chart'}: ${rows.length} bars`} onMouseLeave={tip.hide}>
            {y.ticks.map((tick, at) => (
              <g key={tick}>
                <line className={styles.grid} x1={PAD.left} x2={width - PAD.right} y1={top(tick)} y2={top(tick)} />
                <text className={styles.tick} x={PAD.left - 6} y={top(tick)} textAnchor="end" dominantBaseline="central">
                  {y.labels[at]}
                </text>
              </g>
            ))}
            {rows.map((row, at) => {
              const value = row.values[lead] ?? 0;
              const condition = matching(column?.line.conditions ?? [], value);
              const color = condition?.look.background ?? condition?.look.color ?? colors[at];
              const name = nameOf(row, column?.title);
              const written = valueText(value, column?.line.format ?? {}, column?.unit);
              const middle = PAD.left + step * (at + 0.5);
              const [from, to] = [top(Math.max(0, value)), top(Math.min(0, value))];
              return (
                <g key={row.id} className={styles.bar} onMouseMove={(event) => tip.show(event, <TipRow color={color} name={name} value={written} />)} onClick={(event) => pivot.open(event, { heading: `${name} · ${written}`, tags: row.tags, label: name, metric: metricOf(column?.line.label ?? '') })}>
                  <rect x={middle - step / 2} y={PAD.top} width={step} height={inner.height} fill="transparent" />
                  <rect x={middle - bar / 2} y={from} width={bar} height={Math.max(1, to - from)} fill={color} rx={1} />
                  {room >= 3 && (
                    <text className={styles.tick} x={middle} y={height - 8} textAnchor="middle">
                      {name.length > room ? `${name.slice(0, room - 1)}…` : name}
                    </text>
                  )}
                </g>
              );
            })}
          </svg>
        </DataState>
      </div>
      {tip.node}
      {pivot.menu}
    </>
  );
}
