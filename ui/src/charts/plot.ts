/**
 * Options of uPlot for a chart. The chart is made anew when these change, and only given new data
 * when data does.
 */
import uPlot from 'uplot';

import type { Zone } from '../time/zone';
import { wallOf } from '../time/zone';
import type { ChartData, ChartSeries } from './data';
import { drawOver, drawUnder, type Marks } from './marks';
import { paintOf } from './palette';
import { isHidden, kindOf, stackOf } from './plot-data';
import { isBinary, tickLabels, valueScale, type AxisLook, type Extent } from './scales';
import { drawBands, drawOutside } from './series-marks';
import { drawValueLabels } from './value-labels';
import type { ChartColors } from './theme';
import type { UnitPair } from './units';

export type ChartKind = 'line' | 'area' | 'bars';

export interface PlotInput {
  data: ChartData;
  kind: ChartKind;
  /** Of the left axis and the right. */
  looks: readonly [AxisLook, AxisLook];
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
  /** What an axis must reach, of the left axis and the right. */
  extent: (isRight: boolean) => Extent;
  marks: () => Marks;
  data: () => ChartData;
  onCursor: (u: uPlot) => void;
  onSelect: (from: number, to: number) => void;
}

/** With more series, bringing out the closest would redraw for too long. */
const FOCUS_MAX = 60;
/** Dragging less is a click. */
const DRAG_MIN = 4;
/** Of bars: a share of their interval, and at most so many pixels. */
const BAR_SIZE: readonly [number, number] = [0.85, 60];
/** Room for what stands beside an axis. */
const LABEL_SIZE = 18;
const AXIS_FONT = "11px 'Inter Variable', sans-serif";
const BINARY_STEPS = Array.from({ length: 64 }, (_, at) => 2 ** (at - 4));

export function plotOptions(input: PlotInput, hooks: PlotHooks): uPlot.Options {
  const { kind, bare, syncKey, colors, data, hidden } = input;
  const kinds = new Set(data.series.map((series) => kindOf(series, kind)));
  const hasLines = kinds.has('line') || kinds.has('overlay') || kinds.size === 0;
  const isAllLines = !kinds.has('area') && !kinds.has('bars');
  return {
    width: 100,
    height: 100,
    ms: 1,
    tzDate: (ms: number) => wallDate(ms, input.zone),
    legend: { show: false },
    padding: bare ? [2, 0, 2, 0] : [8, 16, 0, 0],
    focus: { alpha: isAllLines ? 0.35 : 1 },
    cursor: {
      y: false,
      points: { size: 7, width: 2, show: hasLines } as uPlot.Cursor.Points,
      focus: { prox: isAllLines && input.data.series.length <= FOCUS_MAX ? 24 : -1 },
      drag: { x: true, y: false, setScale: false, dist: DRAG_MIN },
      sync: { key: syncKey, setSeries: false, scales: ['x', null] as never, filters: { pub: isShared, sub: isShared } },
    },
    scales: scalesOf(input, hooks),
    axes: bare ? [{ show: false }, { show: false }] : axesOf(input),
    series: [{}, ...input.data.series.map((_, at) => seriesOf(input, at))],
    ...(kinds.has('area') ? { bands: areaBands(input) } : {}),
    hooks: {
      drawClear: [
        (u) => {
          drawUnder(u, hooks.marks(), colors);
          drawBands(u, hooks.data(), hidden, colors);
        },
      ],
      draw: [
        (u) => {
          drawOutside(u, hooks.data(), hidden, colors);
          drawOver(u, hooks.marks(), colors, kinds.has('bars'));
          drawValueLabels(u, hooks.data(), input, hidden, BAR_SIZE);
        },
      ],
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

function scalesOf({ looks, units, kind, data }: PlotInput, hooks: PlotHooks): uPlot.Scales {
  return {
    x: { time: true, auto: false },
    y: valueScale(units[0], ownLook(looks[0], data, kind, false), () => hooks.extent(false)),
    ...(units.length > 1 ? { y2: valueScale(units[1], ownLook(looks[1], data, kind, true), () => hooks.extent(true)) } : {}),
  };
}

/** Stacks begin at zero: they have no logarithm there. */
function ownLook(look: AxisLook, data: ChartData, kind: ChartKind, isRight: boolean): AxisLook {
  const hasStack = data.series.some((series) => (series.isRight === true) === isRight && stackOf(series, kind) !== undefined);
  return hasStack && look.scale === 'log' ? { ...look, scale: 'linear' } : look;
}

function axesOf({ colors, units, looks, kind, zone, data }: PlotInput): uPlot.Axis[] {
  const shared = {
    stroke: colors.faint,
    font: AXIS_FONT,
    ticks: { show: false },
    grid: { stroke: colors.grid, width: 1 },
  };
  const values = (unit: UnitPair, isRight: boolean): uPlot.Axis => {
    const { scale, label } = ownLook(looks[isRight ? 1 : 0], data, kind, isRight);
    return {
      ...shared,
      ...(label ? { label, labelFont: AXIS_FONT, labelSize: LABEL_SIZE, labelGap: 2 } : {}),
      // Low charts have three lines at least, tall ones no more than eyes can follow.
      space: (_u, _axis, _min, _max, height) => Math.max(Math.min(32, Math.max(22, height / 4)), height / 9),
      gap: 6,
      size: (u, labels) => axisWidth(u, labels),
      ...(scale === 'log' ? { grid: { ...shared.grid, filter: (_u: uPlot, splits: number[]) => wholePowers(splits, isBinary(unit) ? 2 : 10) } } : {}),
      // uPlot takes any scale that is not linear for a log one, whose labels it thins out.
      ...(scale === 'sqrt' || scale === 'pow' ? { filter: (_u: uPlot, splits: number[]) => splits } : {}),
      values: (_u, ticks) => tickLabels(ticks, unit, scale),
      ...(isBinary(unit) && scale !== 'log' ? { incrs: BINARY_STEPS } : {}),
    };
  };
  const isAllRight = data.series.length > 0 && data.series.every((series) => series.isRight);
  return [
    { ...shared, space: 80, size: 24, gap: 4, grid: { show: false }, values: (_u, ticks, _axis, _space, step) => timeLabels(ticks, step, zone) },
    { ...values(units[0], false), show: !isAllRight },
    ...(units.length > 1 ? [{ ...values(units[1], true), side: 1 as const, scale: 'y2', grid: isAllRight ? shared.grid : { show: false } }] : []),
  ];
}

/** Of the ticks of a log axis: the lines between the powers would be a hatching. */
function wholePowers(splits: readonly number[], base: 2 | 10): (number | null)[] {
  const isPower = (split: number) => Math.abs(Math.log(split) / Math.log(base) - Math.round(Math.log(split) / Math.log(base))) < 1e-6;
  return splits.filter(isPower).length < 2 ? [...splits] : splits.map((split) => (isPower(split) ? split : null));
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

/** By the definition where it says so, else by the unit. */
export function isRightOf(series: ChartSeries | undefined, data: ChartData, units: readonly UnitPair[]): boolean {
  if (units.length < 2) return false;
  if (data.series.some(({ isRight }) => isRight)) return series?.isRight === true;
  return JSON.stringify(series?.unit) === JSON.stringify(units[1]);
}

function seriesOf({ data, kind, theme, colors, hidden, bare, units }: PlotInput, at: number): uPlot.Series {
  const series = data.series[at];
  const stroke = series ? paintOf(series, theme) : colors.accent;
  const own = kindOf(series, kind);
  const isAlone = (series?.values.filter((value) => value !== null).length ?? 0) <= 1;
  const shared: uPlot.Series = {
    stroke,
    scale: isRightOf(series, data, units) ? 'y2' : 'y',
    show: !isHidden(series, hidden),
    points: { show: isAlone && own !== 'area' && own !== 'bars', size: 5, fill: stroke },
    ...(series?.dash ? { dash: series.dash.map((length) => length) } : {}),
  };
  switch (own) {
    case 'line':
      return { ...shared, width: series?.width ?? 1.5, ...(bare ? { fill: `${stroke}22` } : {}) };
    case 'overlay':
      return { ...shared, width: series?.width ?? 1.25, fill: `${stroke}33` };
    case 'area':
      return { ...shared, width: series?.width ?? 1, fill: `${stroke}66` };
    case 'bars': {
      const paths = uPlot.paths.bars?.({ size: [...BAR_SIZE], align: 1, gap: 1 });
      return { ...shared, width: 0, fill: mixed(stroke, colors.background), ...(paths ? { paths } : {}) };
    }
  }
}

/** Of large surfaces: as calm as a translucent fill, but opaque, since bars lie over each other. */
function mixed(color: string, background: string): string {
  const channel = (text: string, at: number) => parseInt(text.slice(at, at + 2), 16);
  const mix = [1, 3, 5].map((at) => Math.round(channel(color, at) * 0.72 + channel(background, at) * 0.28));
  if (mix.some(Number.isNaN)) return color;
  return `rgb(${mix.join(' ')})`;
}

/** Fills between a series and the next shown one of its stack. */
function areaBands({ data, theme, hidden, kind }: PlotInput): uPlot.Band[] {
  const bands: uPlot.Band[] = [];
  const above = new Map<string, number>();
  for (const [at, series] of data.series.entries()) {
    const stack = stackOf(series, kind);
    if (kindOf(series, kind) !== 'area' || stack === undefined || isHidden(series, hidden)) continue;
    const over = above.get(stack);
    const upper = over === undefined ? undefined : data.series[over];
    if (over !== undefined && upper) bands.push({ series: [over + 1, at + 1], fill: `${paintOf(upper, theme)}66` });
    above.set(stack, at);
  }
  return bands;
}
