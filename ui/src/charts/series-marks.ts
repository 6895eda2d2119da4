/** What belongs to a line: the band where it was expected, and the stretches where it left it. */
import type uPlot from 'uplot';

import type { ChartData, ChartSeries } from './data';
import { isHidden } from './plot-data';
import type { ChartColors } from './theme';

type Values = readonly (number | null)[];

export function drawBands(u: uPlot, data: ChartData, hidden: ReadonlySet<string>, colors: ChartColors): void {
  each(u, data, hidden, (series, scale) => {
    const band = series.marks?.band;
    if (!band) return;
    u.ctx.globalAlpha = 0.22;
    u.ctx.fillStyle = colors.nodata;
    for (const [from, to] of stretches(band.lower, band.upper)) fillStretch(u, data.times, band, [from, to], scale);
    u.ctx.globalAlpha = 1;
  });
}

export function drawOutside(u: uPlot, data: ChartData, hidden: ReadonlySet<string>, colors: ChartColors): void {
  each(u, data, hidden, (series, scale) => {
    const band = series.marks?.band;
    const { ctx } = u;
    if (!band || series.marks?.forecastFrom !== undefined) return;
    ctx.strokeStyle = colors.alert;
    ctx.fillStyle = colors.alert;
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.lineJoin = 'round';
    for (const run of outside(series.values, band)) {
      ctx.beginPath();
      for (const at of run) ctx.lineTo(u.valToPos(data.times[at] ?? 0, 'x', true), u.valToPos(series.values[at] ?? 0, scale, true));
      if (run.length > 1) ctx.stroke();
      else dot(u, data.times[run[0] ?? 0] ?? 0, series.values[run[0] ?? 0] ?? 0, scale);
    }
  });
}

/** Lowest and highest of the bands: the axis must reach them. */
export function bandExtent(data: ChartData, hidden: ReadonlySet<string>, isRight: boolean): { min?: number; max?: number } {
  let [min, max] = [Infinity, -Infinity];
  for (const series of data.series) {
    if (!series.marks?.band || isHidden(series, hidden) || (series.isRight === true) !== isRight) continue;
    for (const value of series.marks.band.lower) if (value !== null) min = Math.min(min, value);
    for (const value of series.marks.band.upper) if (value !== null) max = Math.max(max, value);
  }
  return min <= max ? { min, max } : {};
}

/** Stretches of points outside, each with its neighbours, so that the line leads out and back. */
export function outside(values: Values, { lower, upper }: { lower: Values; upper: Values }): number[][] {
  const isOut = (at: number) => {
    const [value, low, high] = [values[at], lower[at], upper[at]];
    return typeof value === 'number' && ((typeof low === 'number' && value < low) || (typeof high === 'number' && value > high));
  };
  const runs: number[][] = [];
  for (let at = 0; at < values.length; at += 1) {
    if (!isOut(at)) continue;
    const run = typeof values[at - 1] === 'number' ? [at - 1, at] : [at];
    while (isOut(at + 1)) run.push((at += 1));
    if (typeof values[at + 1] === 'number') run.push(at + 1);
    runs.push(run);
  }
  return runs;
}

function stretches(lower: Values, upper: Values): [number, number][] {
  const out: [number, number][] = [];
  let from = -1;
  for (let at = 0; at <= lower.length; at += 1) {
    const isThere = typeof lower[at] === 'number' && typeof upper[at] === 'number';
    if (isThere && from < 0) from = at;
    if (!isThere && from >= 0) {
      out.push([from, at - 1]);
      from = -1;
    }
  }
  return out;
}

function fillStretch(u: uPlot, times: readonly number[], band: { lower: Values; upper: Values }, [from, to]: [number, number], scale: string): void {
  const { ctx } = u;
  ctx.beginPath();
  for (let at = from; at <= to; at += 1) ctx.lineTo(u.valToPos(times[at] ?? 0, 'x', true), u.valToPos(band.upper[at] ?? 0, scale, true));
  for (let at = to; at >= from; at -= 1) ctx.lineTo(u.valToPos(times[at] ?? 0, 'x', true), u.valToPos(band.lower[at] ?? 0, scale, true));
  ctx.closePath();
  ctx.fill();
}

function dot(u: uPlot, time: number, value: number, scale: string): void {
  u.ctx.beginPath();
  u.ctx.arc(u.valToPos(time, 'x', true), u.valToPos(value, scale, true), 2.5 * devicePixelRatio, 0, 2 * Math.PI);
  u.ctx.fill();
}

function each(u: uPlot, data: ChartData, hidden: ReadonlySet<string>, draw: (series: ChartSeries, scale: string) => void): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const [at, series] of data.series.entries()) if (!isHidden(series, hidden)) draw(series, u.series[at + 1]?.scale ?? 'y');
  ctx.restore();
}
