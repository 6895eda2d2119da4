import { useMemo } from 'react';

import { seriesColor } from './palette';
import { useShownTheme } from './theme';

interface Props {
  /** Evenly spaced; null where there is none. */
  values: readonly (number | null)[];
  label: string;
  width?: number;
  height?: number;
  /** Place in the palette. */
  color?: number;
}

/** A line in a table's cell. */
export function Sparkline({ values, label, width = 80, height = 20, color = 0 }: Props) {
  const theme = useShownTheme();
  const path = useMemo(() => linePath(values, width, height), [values, width, height]);
  return (
    <svg width={width} height={height} role="img" aria-label={label}>
      <path d={path} fill="none" stroke={seriesColor(color, theme)} strokeWidth={1.25} strokeLinejoin="round" />
    </svg>
  );
}

/** From zero up, broken where values are missing. */
export function linePath(values: readonly (number | null)[], width: number, height: number): string {
  const there = values.filter((value): value is number => value !== null && Number.isFinite(value));
  const max = Math.max(0, ...there);
  const min = Math.min(0, ...there);
  const span = max - min || 1;
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  let path = '';
  let isDown = false;
  for (const [at, value] of values.entries()) {
    if (value === null || !Number.isFinite(value)) {
      isDown = false;
      continue;
    }
    const y = height - 1 - ((value - min) / span) * (height - 2);
    path += `${isDown ? 'L' : 'M'}${(at * step).toFixed(1)} ${y.toFixed(1)}`;
    isDown = true;
  }
  return path;
}
