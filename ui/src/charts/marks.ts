/** What is drawn over a chart: thresholds, bands, events, and the interval that is not over yet. */
import type uPlot from 'uplot';

import type { ChartColors } from './theme';

export type MarkState = 'ok' | 'warn' | 'alert' | 'nodata' | 'accent';

export interface Threshold {
  value: number;
  /** The other end of a stretch of values, or infinity; without it, it is a line. */
  to?: number;
  label?: string;
  state: MarkState;
  line?: 'dashed' | 'solid' | 'bold';
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
  for (const { value, to, state } of marks.thresholds ?? []) {
    if (to === undefined) continue;
    const ends = [value, to].map((end) => heightOf(u, end));
    const [top, bottom] = [Math.min(...ends), Math.max(...ends)];
    ctx.globalAlpha = 0.09;
    ctx.fillStyle = colors[state];
    ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
  }
  ctx.globalAlpha = 1;
  if (marks.partialFrom !== undefined) hatch(u, u.valToPos(marks.partialFrom, 'x', true), colors.grid);
  ctx.restore();
}

/** Of a value on the canvas; infinities lie on the edges. */
function heightOf({ bbox, valToPos }: uPlot, value: number): number {
  if (!Number.isFinite(value)) return value > 0 ? bbox.top : bbox.top + bbox.height;
  return Math.min(bbox.top + bbox.height, Math.max(bbox.top, valToPos(value, 'y', true)));
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
  for (const threshold of marks.thresholds ?? []) drawThreshold(u, threshold, colors);
  ctx.lineWidth = devicePixelRatio;
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

function drawThreshold(u: uPlot, { value, to, label, state, line }: Threshold, colors: ChartColors): void {
  const { ctx, bbox } = u;
  ctx.lineWidth = (line === 'bold' ? 2.5 : 1) * devicePixelRatio;
  for (const end of to === undefined ? [value] : [value, to]) {
    if (!Number.isFinite(end)) continue;
    const y = Math.round(u.valToPos(end, 'y', true));
    dashed(ctx, colors[state], [bbox.left, y], [bbox.left + bbox.width, y], line === 'solid' || line === 'bold');
  }
  const at = Number.isFinite(value) ? value : (to ?? value);
  if (!label || !Number.isFinite(at)) return;
  const y = u.valToPos(at, 'y', true);
  if (y < bbox.top - 1 || y > bbox.top + bbox.height + 1) return;
  drawTag(u, label, y, colors, state);
}

/** A marker's name at the left end of its line, on a ground that lines cannot run through. */
function drawTag({ ctx, bbox }: uPlot, label: string, y: number, colors: ChartColors, state: MarkState): void {
  const px = devicePixelRatio;
  const [height, pad] = [15 * px, 4 * px];
  const left = bbox.left + 6 * px;
  const width = Math.min(ctx.measureText(label).width + 2 * pad, bbox.width - 12 * px);
  // Above the line, unless there is no room.
  const top = y - height - 2 * px < bbox.top ? y + 2 * px : y - height - 2 * px;
  ctx.save();
  ctx.globalAlpha = 0.85;
  ctx.fillStyle = colors.background;
  ctx.beginPath();
  ctx.roundRect(left, top, width, height, 3 * px);
  ctx.fill();
  ctx.clip();
  ctx.globalAlpha = 1;
  ctx.fillStyle = colors[state];
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.fillText(label, left + pad, top + height / 2 + px * 0.5);
  ctx.restore();
}

function dashed(ctx: CanvasRenderingContext2D, color: string, from: [number, number], to: [number, number], isSolid = false): void {
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.setLineDash(isSolid ? [] : [4 * devicePixelRatio, 3 * devicePixelRatio]);
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
