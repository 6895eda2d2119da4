/**
 * Options of uPlot for a chart. The chart is made anew when these change, and only given new data
 * when data does.
 */
import uPlot from 'uplot';

import type { Zone } from '../time/zone';
import { wallOf } from '../time/zone';
import { filled, stacked, withGaps, type ChartData } from './data';
import { axisLabels, logLabel } from './format';
import { drawOver, drawUnder, type Marks } from './marks';
import { seriesColor } from './palette';
import type { ChartColors } from './theme';
import type { UnitPair } from './units';

export type ChartKind = 'line' | 'area' | 'bars';
export type ChartScale = 'linear' | 'log';

export interface PlotInput {
  data: ChartData;
  kind: ChartKind;
  scale: ChartScale;
  theme: 'dark' | 'light';
  colors: ChartColors;
  zone: Zone;
  /** Of the left axis and, where there is one, the right. */
  units: readonly UnitPair[];
  syncKey: string;
  hidden: ReadonlySet<string>;
  /** Without axes: for small charts. */
  bare: boolean;
}

export interface PlotHooks {
  /** The axis reaches at least here. */
  yMax: () => number | undefined;
  marks: () => Marks;
  onCursor: (u: uPlot) => void;
  onSelect: (from: number, to: number) => void;
}

/** With more series, bringing out the closest would redraw for too long. */
const FOCUS_MAX = 60;
/** Dragging less is a click. */
const DRAG_MIN = 4;
const AXIS_FONT = "11px 'Inter Variable', sans-serif";
const BINARY_STEPS = Array.from({ length: 64 }, (_, at) => 2 ** (at - 4));

/** Series drawn as stacks have a value everywhere; lines keep their gaps. */
export function plotData({ data, kind, scale, hidden }: Pick<PlotInput, 'data' | 'kind' | 'scale' | 'hidden'>): uPlot.AlignedData {
  const rows = data.series.map((series) => withGaps(data.times, series.values));
  const shown = data.series.map(({ id }) => !hidden.has(id));
  if (kind === 'line') {
    const positive = (value: number | null | undefined) => (scale === 'log' && value !== undefined && (value ?? 0) <= 0 ? null : value);
    return [data.times, ...rows.map((row) => row.map(positive))] as unknown as uPlot.AlignedData;
  }
  const stacks = stacked(rows.map((row, at) => (shown[at] ? filled(data.times, row) : row.map(() => 0))));
  // Where none of them has a value, the stack has a gap too.
  const isGap = data.times.map((_, i) => rows.every((row, at) => !shown[at] || row[i] === null));
  return [data.times, ...stacks.map((row) => row.map((value, i) => (isGap[i] ? null : value)))] as unknown as uPlot.AlignedData;
}

export function plotOptions(input: PlotInput, hooks: PlotHooks): uPlot.Options {
  const { kind, bare, syncKey, colors } = input;
  return {
    width: 100,
    height: 100,
    ms: 1,
    tzDate: (ms: number) => wallDate(ms, input.zone),
    legend: { show: false },
    padding: bare ? [2, 0, 2, 0] : [8, 16, 0, 0],
    focus: { alpha: kind === 'line' ? 0.35 : 1 },
    cursor: {
      y: false,
      points: { size: 7, width: 2, show: kind === 'line' } as uPlot.Cursor.Points,
      focus: { prox: kind === 'line' && input.data.series.length <= FOCUS_MAX ? 24 : -1 },
      drag: { x: true, y: false, setScale: false, dist: DRAG_MIN },
      sync: { key: syncKey, setSeries: false, scales: ['x', null] as never, filters: { pub: isShared, sub: isShared } },
    },
    scales: scalesOf(input, hooks),
    axes: bare ? [{ show: false }, { show: false }] : axesOf(input),
    series: [{}, ...input.data.series.map((_, at) => seriesOf(input, at))],
    ...(kind === 'area' ? { bands: areaBands(input) } : {}),
    hooks: {
      drawClear: [(u) => drawUnder(u, hooks.marks(), colors)],
      draw: [(u) => drawOver(u, hooks.marks(), colors, kind === 'bars')],
      setCursor: [hooks.onCursor],
      setSelect: [
        (u) => {
          const { left, width } = u.select;
          if (width < DRAG_MIN) return;
          hooks.onSelect(u.posToVal(left, 'x'), u.posToVal(left + width, 'x'));
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

/** Charts share the cursor, not each other's drags. */
function isShared(type: string): boolean {
  return type !== 'mouseup' && type !== 'mousedown' && type !== 'dblclick';
}

/** A date whose local parts are the zone's, as uPlot reads dates. */
function wallDate(ms: number, zone: Zone): Date {
  if (zone === 'local') return new Date(ms);
  const { year, month, day, hour, minute, second } = wallOf(ms, zone);
  return new Date(year, month - 1, day, hour, minute, second, ((ms % 1000) + 1000) % 1000);
}

function scalesOf({ kind, scale, units }: PlotInput, hooks: PlotHooks): uPlot.Scales {
  const isLog = scale === 'log' && kind === 'line';
  const of = (unit: UnitPair, least: () => number | undefined): uPlot.Scale => {
    const base = isBinary(unit) ? 2 : 10;
    return isLog
      ? { distr: 3, log: base, range: (_u, min, max) => logRange(min, atLeast(max, least()), base) }
      : { range: (_u, min, max) => linearRange(min, atLeast(max, least())) };
  };
  return {
    x: { time: true, auto: false },
    y: of(units[0], hooks.yMax),
    ...(units.length > 1 ? { y2: of(units[1], () => undefined) } : {}),
  };
}

function atLeast(max: number | null, least: number | undefined): number | null {
  return least === undefined ? max : Math.max(max ?? least, least);
}

/** From zero, unless all of it is far from zero and below. */
function linearRange(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null || !Number.isFinite(min) || !Number.isFinite(max)) return [0, 1];
  const [low, high] = [Math.min(0, min), Math.max(0, max)];
  if (low === high) return [0, 1];
  const pad = (high - low) * 0.06;
  return [low < 0 ? low - pad : 0, high > 0 ? high + pad : 0];
}

function logRange(min: number | null, max: number | null, base: 2 | 10): [number, number] {
  if (min === null || max === null || !(min > 0)) return [0.1, 10];
  const [low, high] = uPlot.rangeLog(min, max, base, false);
  return [low ?? min, high ?? max];
}

/** Bytes, whose round numbers are powers of two. */
function isBinary(unit: UnitPair): boolean {
  return unit?.[0]?.family === 'bytes' && unit[0].name !== 'bit';
}

function axesOf({ colors, units, scale, kind, zone }: PlotInput): uPlot.Axis[] {
  const shared = {
    stroke: colors.faint,
    font: AXIS_FONT,
    ticks: { show: false },
    grid: { stroke: colors.grid, width: 1 },
  };
  const isLog = scale === 'log' && kind === 'line';
  const values = (unit: UnitPair): uPlot.Axis => ({
    ...shared,
    // Tall charts need no more lines than eyes can follow.
    space: (_u, _axis, _min, _max, height) => Math.max(32, height / 9),
    gap: 6,
    size: (u, labels) => axisWidth(u, labels),
    values: (_u, ticks) => (isLog ? ticks.map((tick) => logLabel(tick, unit)) : axisLabels(ticks, unit)),
    ...(isBinary(unit) && !isLog ? { incrs: BINARY_STEPS } : {}),
  });
  return [
    { ...shared, space: 80, size: 24, gap: 4, grid: { show: false }, values: (_u, ticks, _axis, _space, step) => timeLabels(ticks, step, zone) },
    values(units[0]),
    ...(units.length > 1 ? [{ ...values(units[1]), side: 1 as const, scale: 'y2', grid: { show: false } }] : []),
  ];
}

/** As wide as its widest label, in steps so that live graphs do not twitch. */
function axisWidth(u: uPlot, values: readonly string[] | null): number {
  if (!values || values.length === 0) return 40;
  u.ctx.font = AXIS_FONT.replace('11px', `${11 * devicePixelRatio}px`);
  const width = Math.max(...values.map((text) => u.ctx.measureText(text).width)) / devicePixelRatio;
  return Math.max(40, Math.ceil((width + 14) / 8) * 8);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n: number) => String(n).padStart(2, '0');

/** 24-hour times; the day at midnight. */
function timeLabels(ticks: readonly number[], step: number, zone: Zone): string[] {
  return ticks.map((tick) => {
    const { year, month, day, hour, minute, second } = wallOf(tick, zone);
    const name = MONTHS[month - 1] ?? '';
    if (step >= 28 * 86_400e3) return `${name} ${year}`;
    if (step >= 86_400e3 || hour + minute + second === 0) return `${name} ${day}`;
    return step < 60_000 ? `${two(hour)}:${two(minute)}:${two(second)}` : `${two(hour)}:${two(minute)}`;
  });
}

function seriesOf({ data, kind, theme, colors, hidden, bare, units }: PlotInput, at: number): uPlot.Series {
  const series = data.series[at];
  const stroke = seriesColor(series?.color ?? 0, theme);
  const isAlone = (series?.values.filter((value) => value !== null).length ?? 0) <= 1;
  const isRight = units.length > 1 && JSON.stringify(series?.unit) === JSON.stringify(units[1]);
  const shared = { stroke, scale: isRight ? 'y2' : 'y', show: !hidden.has(series?.id ?? ''), points: { show: isAlone && kind === 'line', size: 5, fill: stroke } };
  switch (kind) {
    case 'line':
      return { ...shared, width: 1.5, ...(bare ? { fill: `${stroke}22` } : {}) };
    case 'area':
      return { ...shared, width: 1, fill: `${stroke}66` };
    case 'bars': {
      const paths = uPlot.paths.bars?.({ size: [0.85, 60], align: 1, gap: 1 });
      return { ...shared, width: 0, fill: mixed(stroke, colors.background), ...(paths ? { paths } : {}) };
    }
  }
}

/** Of large surfaces: as calm as a translucent fill, but opaque, since bars lie over each other. */
function mixed(color: string, background: string): string {
  const channel = (text: string, at: number) => parseInt(text.slice(at, at + 2), 16);
  const mix = [1, 3, 5].map((at) => Math.round(channel(color, at) * 0.72 + channel(background, at) * 0.28));
  return `rgb(${mix.join(' ')})`;
}

/** Fills between a series and the next shown one. */
function areaBands({ data, theme, hidden }: PlotInput): uPlot.Band[] {
  const shown = data.series.map((series, at) => ({ series, at: at + 1 })).filter(({ series }) => !hidden.has(series.id));
  return shown.slice(0, -1).map(({ series, at }, i) => ({
    series: [at, shown[i + 1]?.at ?? at],
    fill: `${seriesColor(series.color, theme)}66`,
  }));
}
