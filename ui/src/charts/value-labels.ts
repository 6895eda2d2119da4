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

export function drawValueLabels(u: uPlot, data: ChartData, { kind, colors }: Look, hidden: ReadonlySet<string>): void {
  if (!data.series.some(({ hasLabels }) => hasLabels)) return;
  const { ctx, bbox } = u;
  const px = devicePixelRatio;
  const step = data.times.length > 1 ? (u.valToPos(data.interval, 'x', true) - u.valToPos(0, 'x', true)) : bbox.width;
  ctx.save();
  ctx.font = `${HEIGHT * px}px 'Inter Variable', sans-serif`;
  ctx.textAlign = 'center';
  ctx.fillStyle = colors.text;
  /** The top of what stands below, of each stack and time. */
  const below = new Map<string, number>();
  for (const [at, series] of data.series.entries()) {
    if (!series.hasLabels || isHidden(series, hidden)) continue;
    const scale = u.series[at + 1]?.scale ?? 'y';
    const isBar = kindOf(series, kind) === 'bars';
    const stack = stackOf(series, kind);
    let right = -Infinity;
    for (const [i, value] of series.values.entries()) {
      const drawn = (u.data[at + 1] as (number | null | undefined)[] | undefined)?.[i];
      if (value === null || typeof drawn !== 'number') continue;
      const x = u.valToPos(data.times[i] ?? 0, 'x', true) + (isBar ? step * 0.425 : 0);
      const y = u.valToPos(drawn, scale, true);
      const foot = below.get(`${stack} ${i}`) ?? u.valToPos(0, scale, true);
      if (stack !== undefined) below.set(`${stack} ${i}`, y);
      const text = formatValue(value, series.unit);
      const width = ctx.measureText(text).width;
      if (x < bbox.left || x > bbox.left + bbox.width || x - width / 2 < right + GAP * px) continue;
      if (isBar ? width > step * 0.95 || Math.abs(foot - y) < (HEIGHT + GAP) * px : y - (HEIGHT + GAP) * px < bbox.top) continue;
      right = x + width / 2;
      // Within a bar's upper end; over a line's point.
      ctx.textBaseline = isBar ? 'top' : 'bottom';
      if (isBar) ctx.fillStyle = colors.background;
      ctx.fillText(text, x, isBar ? Math.min(y, foot) + GAP * px : y - GAP * px);
      ctx.fillStyle = colors.text;
    }
  }
  ctx.restore();
}
