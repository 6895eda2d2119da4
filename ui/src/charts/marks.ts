/** What is drawn over a chart: thresholds, bands, events, and the interval that is not over yet. */
import type uPlot from 'uplot';

import type { ChartColors } from './theme';

export type MarkState = 'ok' | 'warn' | 'alert' | 'nodata' | 'accent';

export interface Threshold {
  value: number;
  label?: string;
  state: MarkState;
}

/** A stretch of time with a meaning, such as a downtime. */
export interface Band {
  from: number;
  to: number;
  state: MarkState;
}

export interface EventLine {
  time: number;
  title: string;
  state: MarkState;
}

export interface Marks {
  thresholds?: readonly Threshold[];
  bands?: readonly Band[];
  events?: readonly EventLine[];
  /** From here on the last interval still fills; unix milliseconds. */
  partialFrom?: number | undefined;
}

const HATCH_GAP = 6;

/** Under the lines. */
export function drawUnder(u: uPlot, marks: Marks, colors: ChartColors): void {
  const { ctx, bbox } = u;
  ctx.save();
  clip(u);
  for (const { from, to, state } of marks.bands ?? []) {
    const [x, end] = [u.valToPos(from, 'x', true), u.valToPos(to, 'x', true)];
    ctx.globalAlpha = 0.12;
    ctx.fillStyle = colors[state];
    ctx.fillRect(x, bbox.top, end - x, bbox.height);
  }
  ctx.globalAlpha = 1;
  if (marks.partialFrom !== undefined) hatch(u, u.valToPos(marks.partialFrom, 'x', true), colors.grid);
  ctx.restore();
}

function hatch(u: uPlot, from: number, color: string): void {
  const { ctx, bbox } = u;
  const left = Math.max(bbox.left, from);
  const right = bbox.left + bbox.width;
  if (left >= right) return;
  ctx.beginPath();
  ctx.rect(left, bbox.top, right - left, bbox.height);
  ctx.clip();
  ctx.strokeStyle = color;
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  for (let x = left - bbox.height; x < right; x += HATCH_GAP * devicePixelRatio) {
    ctx.moveTo(x, bbox.top + bbox.height);
    ctx.lineTo(x + bbox.height, bbox.top);
  }
  ctx.stroke();
}

/** Over the lines; the unfinished interval of bars is hatched in the bar itself. */
export function drawOver(u: uPlot, marks: Marks, colors: ChartColors, hatchesBars: boolean): void {
  const { ctx, bbox } = u;
  ctx.save();
  clip(u);
  if (hatchesBars && marks.partialFrom !== undefined) {
    ctx.save();
    hatch(u, u.valToPos(marks.partialFrom, 'x', true), colors.background);
    ctx.restore();
  }
  ctx.lineWidth = devicePixelRatio;
  ctx.font = `${11 * devicePixelRatio}px 'Inter Variable', sans-serif`;
  for (const { value, label, state } of marks.thresholds ?? []) {
    const y = Math.round(u.valToPos(value, 'y', true));
    dashed(ctx, colors[state], [bbox.left, y], [bbox.left + bbox.width, y]);
    if (label) ctx.fillText(label, bbox.left + 6 * devicePixelRatio, y - 4 * devicePixelRatio);
  }
  for (const { time, state } of marks.events ?? []) {
    const x = Math.round(u.valToPos(time, 'x', true));
    dashed(ctx, colors[state], [x, bbox.top], [x, bbox.top + bbox.height]);
    const size = 4 * devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(x - size, bbox.top);
    ctx.lineTo(x + size, bbox.top);
    ctx.lineTo(x, bbox.top + size * 1.5);
    ctx.fill();
  }
  ctx.restore();
}

function dashed(ctx: CanvasRenderingContext2D, color: string, from: [number, number], to: [number, number]): void {
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
  ctx.setLineDash([]);
}

function clip(u: uPlot): void {
  const { ctx, bbox } = u;
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
}
