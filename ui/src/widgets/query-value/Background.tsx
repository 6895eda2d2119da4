import { useMemo } from 'react';

import { linePath } from '../../charts/Sparkline';
import type { ChartData } from '../../charts/data';
import { seriesColor } from '../../charts/palette';
import { axisOf } from '../timeseries/markers';
import styles from './query-value.module.css';

interface Props {
  data: ChartData;
  kind: 'bars' | 'area' | 'min_max';
  axis: unknown;
  /** The box has a colour of its own. */
  isOnColor: boolean;
  theme: 'dark' | 'light';
}

const [WIDTH, HEIGHT] = [240, 60];

/** The course of a number, behind it; it stretches to its box. */
export function Background({ data, kind, axis, isOnColor, theme }: Props) {
  const values = useMemo(() => clipped(data.series[0]?.values ?? [], axis), [data, axis]);
  const color = isOnColor ? 'currentColor' : seriesColor(data.series[0]?.color ?? 0, theme);
  if (values.length < 2) return null;
  return (
    <svg className={styles.background} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
      {kind === 'bars' ? (
        <path d={barsPath(values)} fill={color} opacity={0.28} />
      ) : (
        <>
          <path d={areaPath(values)} fill={color} opacity={0.14} />
          <path d={linePath(values, WIDTH, HEIGHT)} fill="none" stroke={color} strokeWidth={1.5} opacity={0.6} vectorEffect="non-scaling-stroke" />
        </>
      )}
    </svg>
  );
}

function clipped(values: readonly (number | null)[], axis: unknown): (number | null)[] {
  const { min = -Infinity, max = Infinity } = axisOf(axis);
  return values.map((value) => (value === null ? null : Math.min(max, Math.max(min, value))));
}

function heights(values: readonly (number | null)[]): (number | null)[] {
  const there = values.filter((value) => value !== null);
  const [max, min] = [Math.max(0, ...there), Math.min(0, ...there)];
  return values.map((value) => (value === null ? null : ((value - min) / (max - min || 1)) * (HEIGHT - 2)));
}

function barsPath(values: readonly (number | null)[]): string {
  const step = WIDTH / values.length;
  return heights(values)
    .map((height, at) => (height === null ? '' : `M${(at * step).toFixed(1)} ${HEIGHT}V${(HEIGHT - height).toFixed(1)}h${(step * 0.82).toFixed(1)}V${HEIGHT}z`))
    .join('');
}

function areaPath(values: readonly (number | null)[]): string {
  const step = WIDTH / (values.length - 1);
  const all = heights(values);
  let path = '';
  let start = -1;
  for (let at = 0; at <= all.length; at += 1) {
    const height = all[at] ?? null;
    if (height === null) {
      if (start >= 0) path += `L${((at - 1) * step).toFixed(1)} ${HEIGHT}L${(start * step).toFixed(1)} ${HEIGHT}z`;
      start = -1;
      continue;
    }
    path += `${start < 0 ? 'M' : 'L'}${(at * step).toFixed(1)} ${(HEIGHT - 1 - height).toFixed(1)}`;
    if (start < 0) start = at;
  }
  return path;
}
