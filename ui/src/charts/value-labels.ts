/** Values written at bars and points, as far as there is room: text over text says nothing. */
import type uPlot from 'uplot';

import type { ChartData } from './data';
import { formatValue } from './format';
import { isHidden, kindOf, stackOf } from './plot-data';
import type { ChartKind } from './plot';
import type { ChartColors } from './theme';

const GAP = 3;
const HEIGHT = 11;

interface Look {
  kind: ChartKind;
  colors: ChartColors;
}

interface Place {
  x: number;
  /** Upper edge of the bar, or the point. */
  y: number;
  /** Lower edge of the bar. */
  foot: number;
}

/** @param bar the width of bars as a share of their interval, and at most so many pixels */
export function drawValueLabels(u: uPlot, data: ChartData, { kind, colors }: Look, hidden: ReadonlySet<string>, [part, most]: readonly [number, number]): void {
  if (!data.series.some(({ hasLabels }) => hasLabels)) return;
  const { ctx, bbox } = u;
  const px = devicePixelRatio;
  const step = Math.abs(u.valToPos(data.interval, 'x', true) - u.valToPos(0, 'x', true));
  const bar = Math.min(step * part, most * px);
  ctx.save();
  ctx.font = `${HEIGHT * px}px 'Inter Variable', sans-serif`;
  ctx.textAlign = 'center';
  ctx.lineWidth = 3 * px;
  ctx.lineJoin = 'round';
  ctx.strokeStyle = colors.background;
  /** The upper edge of what stands below, of each stack and time: the last series stands lowest. */
  const below = new Map<string, number>();
  for (let at = data.series.length - 1; at >= 0; at -= 1) {
    const series = data.series[at];
    if (!series || isHidden(series, hidden)) continue;
    const scale = u.series[at + 1]?.scale ?? 'y';
    const isBar = kindOf(series, kind) === 'bars';
    const stack = stackOf(series, kind);
    let right = -Infinity;
    for (const [i, value] of series.values.entries()) {
      const drawn = (u.data[at + 1] as (number | null | undefined)[] | undefined)?.[i];
      if (value === null || typeof drawn !== 'number') continue;
      const place: Place = { x: u.valToPos(data.times[i] ?? 0, 'x', true) + (isBar ? bar / 2 : 0), y: u.valToPos(drawn, scale, true), foot: below.get(`${stack} ${i}`) ?? u.valToPos(0, scale, true) };
      if (stack !== undefined) below.set(`${stack} ${i}`, place.y);
      if (!series.hasLabels) continue;
      const text = formatValue(value, series.unit);
      const width = ctx.measureText(text).width;
      const isInside = place.x - width / 2 >= bbox.left && place.x + width / 2 <= bbox.left + bbox.width;
      const hasRoom = isBar ? width <= step * 0.98 && Math.abs(place.foot - place.y) >= (HEIGHT + GAP) * px : place.y - (HEIGHT + GAP) * px >= bbox.top;
      if (!isInside || !hasRoom || place.x - width / 2 < right + GAP * px) continue;
      right = place.x + width / 2;
      write(ctx, text, place, isBar, colors);
    }
  }
  ctx.restore();
}

/** Within a bar's upper end; over a line's point, on a ground that lines cannot run through. */
function write(ctx: CanvasRenderingContext2D, text: string, { x, y, foot }: Place, isBar: boolean, colors: ChartColors): void {
  const gap = GAP * devicePixelRatio;
  ctx.textBaseline = isBar ? 'top' : 'bottom';
  ctx.fillStyle = isBar ? colors.background : colors.text;
  const top = isBar ? Math.min(y, foot) + gap : y - gap;
  if (!isBar) ctx.strokeText(text, x, top);
  ctx.fillText(text, x, top);
}
