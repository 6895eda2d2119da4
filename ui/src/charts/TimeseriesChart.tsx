/**
 * Lines, stacked areas or bars over time. The cursor is shared by all charts with the same key;
 * a drag asks for the stretch that was dragged over; a click opens the pivot menu of the closest
 * series at that moment.
 */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useEffect, useMemo, useRef, useState } from 'react';

import type { Range } from '../time/selection';
import type { Zone } from '../time/zone';
import { ChartPivot, type Picked } from './ChartPivot';
import styles from './chart.module.css';
import { ChartTooltip, type Hover } from './ChartTooltip';
import { axisUnits, type ChartData, type ChartSeries } from './data';
import type { Marks } from './marks';
import type { MenuEntry } from '../components/Menu';
import { plotOptions, type ChartKind } from './plot';
import { plotData } from './plot-data';
import type { AxisLook, ChartScale, Extent } from './scales';
import { bandExtent } from './series-marks';
import { chartColors, useShownTheme } from './theme';

export interface TimeseriesChartProps extends Marks {
  label: string;
  data: ChartData;
  range: Range;
  kind?: ChartKind;
  /** Of the left axis. */
  scale?: ChartScale;
  leftAxis?: AxisLook | undefined;
  rightAxis?: AxisLook | undefined;
  zone?: Zone;
  /** Pixels; without it the chart fills its place. */
  height?: number;
  /** The axis reaches at least here. */
  yMax?: number | undefined;
  /** Charts of one key share the cursor. */
  syncKey?: string;
  /** Ids of series that are not drawn. */
  hidden?: ReadonlySet<string>;
  /** The series to bring out, from the legend. */
  focused?: string | null;
  onFocus?: (id: string | null) => void;
  onZoom?: (range: Range) => void;
  onFilter?: (tag: string, isOut: boolean) => void;
  /** More of the menu of a clicked point. */
  pivotItems?: ((picked: Picked) => readonly MenuEntry[]) | undefined;
}

const NONE: ReadonlySet<string> = new Set();

export function TimeseriesChart(props: TimeseriesChartProps) {
  const { data, range, kind = 'line', scale, zone = 'local', hidden = NONE, syncKey = 'page' } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  const [hover, setHover] = useState<Hover | null>(null);
  const [picked, setPicked] = useState<Picked | null>(null);
  const theme = useShownTheme();
  const units = axisUnits(data, kind === 'line' && data.series.every((series) => (series.kind ?? 'line') === 'line'));
  const looks: [AxisLook, AxisLook] = [{ ...props.leftAxis, ...(scale ? { scale } : {}) }, props.rightAxis ?? {}];
  const axesKey = JSON.stringify([units, looks]);
  const drawn = { data, kind, isLog: looks[0].scale === 'log', hidden };
  useEffect(() => {
    latest.current = props;
  });

  // What uPlot cannot change in place.
  const shape = useMemo(
    () => JSON.stringify([kind, theme, zone, syncKey, axesKey, [...hidden], data.series.map(lookOf)]),
    [kind, theme, zone, syncKey, axesKey, hidden, data.series],
  );

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const current = latest.current.data;
    const input = { data: current, kind, looks, theme, colors: chartColors(), zone, units, syncKey, hidden, bare: false };
    const options = plotOptions(input, {
      marks: () => latest.current,
      data: () => latest.current.data,
      extent: (isRight) => extentOf(latest.current, hidden, isRight),
      onCursor: (u) => {
        setHover(hoverOf(u, latest.current.data));
        latest.current.onFocus?.(null);
      },
      onSelect: (from, to) => latest.current.onZoom?.({ from, to }),
    });
    options.width = element.clientWidth;
    options.height = element.clientHeight;
    const made = new uPlot(options, plotData({ ...drawn, data: current }), element);
    made.setScale('x', { min: latest.current.range.from, max: latest.current.range.to });
    plot.current = made;
    const sizes = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: element.clientHeight }));
    sizes.observe(element);
    return () => {
      sizes.disconnect();
      made.destroy();
      plot.current = null;
      setHover(null);
    };
    // `shape` stands for all that the chart is made of.
  }, [shape]);

  useEffect(() => {
    const u = plot.current;
    if (!u) return;
    u.batch(() => {
      u.setData(plotData(drawn), false);
      u.setScale('x', { min: range.from, max: range.to });
    });
    // What the axis must reach may change without the values.
  }, [data, range.from, range.to, props.yMax, props.thresholds, shape]);

  useEffect(() => {
    plot.current?.redraw(false);
  }, [props.thresholds, props.bands, props.events, props.partialFrom]);

  useEffect(() => {
    const at = data.series.findIndex(({ id }) => id === props.focused);
    plot.current?.setSeries(at < 0 ? (null as never) : at + 1, { focus: true }, false);
  }, [props.focused]);

  const pick = (event: { clientX: number; clientY: number }) => {
    const box = place.current?.getBoundingClientRect();
    const row = hover?.rows[0];
    if (!box || !hover || !row) return;
    const { series, value } = row;
    setPicked({ x: event.clientX - box.left, y: event.clientY - box.top, time: hover.time, series, value });
  };
  return (
    <div
      className={styles.chart}
      style={props.height === undefined ? undefined : { height: props.height }}
      role="img"
      aria-label={`${props.label}: ${data.series.length} series`}
    >
      <div
        ref={place}
        className={styles.place}
        onClick={(event) => {
          if ((event.target as HTMLElement).closest('.u-over') && !wasDragged(plot.current)) pick(event);
        }}
      />
      {hover && !picked && <ChartTooltip hover={hover} zone={zone} theme={theme} events={props.events} interval={data.interval} />}
      {picked && <ChartPivot picked={picked} zone={zone} onFilter={props.onFilter} extra={props.pivotItems} onClose={() => setPicked(null)} />}
    </div>
  );
}

/** All of a series that uPlot cannot change in place. */
function lookOf({ id, color, paint, kind, isRight, dash, width, values, hasLabels }: ChartSeries): unknown[] {
  return [id, color, paint, kind, isRight, dash, width, values.length < 2, hasLabels];
}

/** A threshold that is not far above the values is worth seeing. */
const THRESHOLD_REACH = 2;

/** What the axis must reach beside the values. */
function extentOf({ data, thresholds, yMax }: TimeseriesChartProps, hidden: ReadonlySet<string>, isRight: boolean): Extent {
  const band = bandExtent(data, hidden, isRight);
  if (isRight) return band;
  const most = data.series.reduce((max, { values }) => values.reduce<number>((own, value) => Math.max(own, value ?? -Infinity), max), -Infinity);
  const ends = (thresholds ?? []).flatMap(({ value, to }) => [value, to ?? value]).filter((value) => value > most && value <= most * THRESHOLD_REACH);
  const tops = [band.max, yMax, ...ends].filter((value) => value !== undefined);
  return { min: band.min, max: tops.length > 0 ? Math.max(...tops) : undefined };
}

/** uPlot swallows clicks after drags itself; this is for drags that were cancelled. */
function wasDragged(u: uPlot | null): boolean {
  return (u?.select.width ?? 0) > 0;
}

/** The series at the cursor, the closest first; only in the chart that the pointer is over. */
function hoverOf(u: uPlot, data: ChartData): Hover | null {
  const { idx, left = -1, top = -1, event } = u.cursor;
  if (idx === null || idx === undefined || left < 0 || !event) return null;
  const time = data.times[idx];
  if (time === undefined) return null;
  const rows: Hover['rows'] = [];
  for (const [at, series] of data.series.entries()) {
    if (u.series[at + 1]?.show === false) continue;
    const near = nearest(u, at + 1, idx);
    const value = near === null ? null : (series.values[near] ?? null);
    if (near === null || value === null) continue;
    const drawn = u.data[at + 1]?.[near] ?? value;
    rows.push({ series, value, distance: Math.abs(u.valToPos(drawn, u.series[at + 1]?.scale ?? 'y') - top) });
  }
  rows.sort((a, b) => a.distance - b.distance);
  // uPlot keeps the place of its plot: asking the page on each move would lay it out each time.
  return { time, rows, left: u.rect.left + left, boxTop: u.rect.top };
}

/** The index itself, or for series of wider steps the one just before. */
function nearest(u: uPlot, series: number, idx: number): number | null {
  const values = u.data[series];
  if (!values) return null;
  for (let at = idx; at >= 0; at -= 1) {
    const value = values[at];
    if (value === null) return null;
    if (value !== undefined) return at;
  }
  return null;
}
