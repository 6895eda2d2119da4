/** Cells over time on the page's usual axes: the cursor is shared with all other charts. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useEffect, useMemo, useRef, type MouseEvent } from 'react';

import chart from '../../charts/chart.module.css';
import { formatValue } from '../../charts/format';
import type { Marks } from '../../charts/marks';
import { plotOptions } from '../../charts/plot';
import { chartColors } from '../../charts/theme';
import { useShownTheme, type ChartData, type UnitPair } from '../../charts';
import { fullText } from '../../time/format';
import type { Range } from '../../time/selection';
import type { Zone } from '../../time/zone';
import { TipRow, useTip } from '../parts/tip';
import { binOf, columnAt, type Density } from './density';

/** What lies under the pointer. */
export interface Cell {
  /** Of the column. */
  at: number;
  time: number;
  bin: number;
  /** Where exactly on the axis. */
  value: number;
  count: number;
}

interface Props extends Pick<Marks, 'thresholds'> {
  label: string;
  density: Density;
  /** A count with what is counted: `3 lines`. */
  named: (count: number) => string;
  /** From little to much. */
  colors: readonly string[];
  unit: UnitPair;
  range: Range;
  zone: Zone;
  events: Marks['events'] | undefined;
  onZoom: (range: Range) => void;
  onPick: (event: MouseEvent, cell: Cell) => void;
}

export function HeatmapChart(props: Props) {
  const { density, colors, unit, range, zone } = props;
  const theme = useShownTheme();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  const tip = useTip();
  useEffect(() => {
    latest.current = props;
  });
  const [low, high] = [density.edges[0] ?? 0, density.edges.at(-1) ?? 1];
  const shape = useMemo(() => JSON.stringify([theme, zone, unit, density.isLog, low, high]), [theme, zone, unit, density.isLog, low, high]);

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const first = latest.current;
    const data = edgesAsData(first.density, first.unit);
    const look = { min: low, max: high, ...(first.density.isLog ? { scale: 'log' as const } : {}) };
    const options = plotOptions(
      { data, kind: 'line', looks: [look, {}], theme, colors: chartColors(), zone, units: [first.unit], syncKey: 'page', hidden: new Set(), bare: false },
      {
        data: () => data,
        extent: () => ({}),
        marks: () => ({ ...(latest.current.thresholds ? { thresholds: latest.current.thresholds } : {}), ...(latest.current.events ? { events: latest.current.events } : {}) }),
        onCursor: (u) => show(u, latest.current, tip),
        onSelect: (from, to) => latest.current.onZoom({ from, to }),
      },
    );
    options.hooks = { ...options.hooks, drawClear: [(u) => drawCells(u, latest.current), ...(options.hooks?.drawClear ?? [])] };
    options.width = element.clientWidth;
    options.height = element.clientHeight;
    const made = new uPlot(options, [data.times, ...data.series.map(({ values }) => values)] as unknown as uPlot.AlignedData, element);
    made.setScale('x', { min: first.range.from, max: first.range.to });
    plot.current = made;
    const sizes = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: element.clientHeight }));
    sizes.observe(element);
    return () => {
      sizes.disconnect();
      made.destroy();
      plot.current = null;
      tip.hide();
    };
    // `shape` stands for all that the chart is made of.
  }, [shape]);

  useEffect(() => {
    const u = plot.current;
    if (!u) return;
    const data = edgesAsData(density, unit);
    u.batch(() => {
      u.setData([data.times, ...data.series.map(({ values }) => values)] as unknown as uPlot.AlignedData, false);
      u.setScale('x', { min: range.from, max: range.to });
    });
    u.redraw(false);
  }, [density, colors, range.from, range.to, props.events, props.thresholds]);

  const pick = (event: MouseEvent) => {
    const u = plot.current;
    // A drag ends in a click, too.
    if (!u || u.select.width > 0 || !(event.target as HTMLElement).closest('.u-over')) return;
    const cell = cellAt(u, density);
    if (!cell || cell.count === 0) return;
    tip.hide();
    props.onPick(event, cell);
  };
  return (
    <div className={chart.chart} role="img" aria-label={`${props.label}: heatmap`}>
      <div ref={place} className={chart.place} onMouseLeave={tip.hide} onClick={pick} />
      {tip.node}
    </div>
  );
}

/** An unseen line, so that the axes have something to reach. */
function edgesAsData({ times, interval, edges }: Density, unit: UnitPair): ChartData {
  const values = times.map(() => edges[0] ?? 0);
  return { times, interval, series: [{ id: 'cells', label: '', tags: [], color: 0, values, paint: '#00000000', unit }] };
}

function drawCells(u: uPlot, { density, colors }: Props): void {
  const { ctx, bbox } = u;
  const { times, interval, edges, cells, most } = density;
  const heights = edges.map((edge) => u.valToPos(edge, 'y', true));
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const [at, column] of cells.entries()) {
    const time = times[at] ?? 0;
    const left = Math.floor(u.valToPos(time, 'x', true));
    const right = Math.ceil(u.valToPos(time + interval, 'x', true));
    for (const [bin, count] of column.entries()) {
      if (count <= 0) continue;
      const [bottom, top] = [heights[bin] ?? 0, heights[bin + 1] ?? 0];
      ctx.fillStyle = colors[stepOf(count, most, colors.length)] ?? '';
      ctx.fillRect(left, Math.floor(top), right - left, Math.ceil(bottom) - Math.floor(top));
    }
  }
  ctx.restore();
}

/** Few beside many would not be seen: the steps go by the root. */
function stepOf(count: number, most: number, steps: number): number {
  return Math.min(steps - 1, Math.floor(Math.sqrt(count / most) * (steps - 1) + 0.5));
}

/** The cell under the cursor; none outside of the columns and the axis. */
function cellAt(u: uPlot, density: Density): Cell | undefined {
  const { left = -1, top = -1 } = u.cursor;
  if (left < 0 || top < 0) return undefined;
  const at = columnAt(density, u.posToVal(left, 'x'));
  const value = u.posToVal(top, 'y');
  const [time, bin] = [density.times[at], binOf(density, value)];
  if (time === undefined || bin < 0) return undefined;
  return { at, time, bin, value, count: density.cells[at]?.[bin] ?? 0 };
}

function show(u: uPlot, { density, named, colors, unit, zone }: Props, tip: ReturnType<typeof useTip>): void {
  const cell = u.cursor.event ? cellAt(u, density) : undefined;
  if (!cell || !u.cursor.event) return tip.hide();
  const { at, time, bin, count } = cell;
  const { above = 0, below = 0 } = density.beyond?.[at] ?? {};
  const all = (density.cells[at] ?? []).reduce((sum, own) => sum + own, above + below);
  const share = density.beyond && all > 0 ? ` · ${((count / all) * 100).toFixed(1)}%` : '';
  tip.show(
    u.cursor.event,
    <>
      <TipRow name={fullText(time, zone)} />
      <TipRow color={count > 0 ? colors[stepOf(count, density.most, colors.length)] : undefined} name={`${formatValue(density.edges[bin], unit)} – ${formatValue(density.edges[bin + 1], unit)}`} value={`${named(count)}${share}`} />
      {above > 0 && <TipRow name={`above ${formatValue(density.edges.at(-1), unit)}`} value={named(above)} />}
      {below > 0 && <TipRow name={`below ${formatValue(density.edges[0], unit)}`} value={named(below)} />}
    </>,
  );
}
