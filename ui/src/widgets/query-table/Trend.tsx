import { useMemo } from 'react';

import { seriesColor, useShownTheme } from '../../charts';

type Values = readonly (number | null)[];

interface Props {
  values: Values;
  kind: 'line' | 'area' | 'bars';
  /** The scale reaches from here to there, where rows share it. */
  scale?: readonly [min: number, max: number] | undefined;
  label: string;
  width: number;
}

const HEIGHT = 18;
/** More would be a grey surface. */
const BARS_MOST = 24;

/** The course of a cell's value. Source: openapi core-v1, `WidgetFormulaCellDisplayModeOptions`. */
export function Trend({ values, kind, scale, label, width }: Props) {
  const theme = useShownTheme();
  const color = seriesColor(0, theme);
  const { line, fill } = useMemo(() => pathsOf(values, kind, width, scale ?? extentOf([values])), [values, kind, width, scale?.[0], scale?.[1]]);
  return (
    <svg width={width} height={HEIGHT} role="img" aria-label={label}>
      {fill !== '' && <path d={fill} fill={color} opacity={kind === 'bars' ? 0.75 : 0.25} />}
      {line !== '' && <path d={line} fill="none" stroke={color} strokeWidth={1.25} strokeLinejoin="round" />}
    </svg>
  );
}

/** With zero in it. */
export function extentOf(all: readonly Values[]): [number, number] {
  let [min, max] = [0, 0];
  for (const values of all) {
    for (const value of values) {
      if (value === null) continue;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
  }
  return [min, max];
}

export function pathsOf(values: Values, kind: Props['kind'], width: number, [min, max]: readonly [number, number]): { line: string; fill: string } {
  const y = (value: number) => (HEIGHT - 1 - ((value - min) / (max - min || 1)) * (HEIGHT - 2)).toFixed(1);
  const foot = y(0);
  if (kind === 'bars') {
    const bars = gathered(values, BARS_MOST);
    const step = width / bars.length;
    return { line: '', fill: bars.map((value, at) => (value === null ? '' : `M${(at * step).toFixed(1)} ${foot}V${y(value)}h${(step * 0.75).toFixed(1)}V${foot}z`)).join('') };
  }
  const step = width / Math.max(1, values.length - 1);
  const pieces = piecesOf(values).map((piece) => piece.map(({ at, value }) => `${(at * step).toFixed(1)} ${y(value)}`));
  const x = (point: string | undefined) => point?.split(' ')[0] ?? '0';
  return {
    line: pieces.map((points) => `M${points.join('L')}`).join(''),
    fill: kind === 'area' ? pieces.map((points) => `M${points.join('L')}L${x(points.at(-1))} ${foot}L${x(points[0])} ${foot}z`).join('') : '',
  };
}

/** Stretches without a hole. */
function piecesOf(values: Values): { at: number; value: number }[][] {
  const pieces: { at: number; value: number }[][] = [];
  for (const [at, value] of values.entries()) {
    if (value === null || !Number.isFinite(value)) continue;
    if (typeof values[at - 1] === 'number') pieces.at(-1)?.push({ at, value });
    else pieces.push([{ at, value }]);
  }
  return pieces;
}

/** Averages of neighbours, so that there are at most so many. */
export function gathered(values: Values, most: number): Values {
  const size = Math.ceil(values.length / most);
  if (size <= 1) return values;
  return Array.from({ length: Math.ceil(values.length / size) }, (_, at) => {
    const there = values.slice(at * size, (at + 1) * size).filter((value) => value !== null);
    return there.length === 0 ? null : there.reduce((sum, value) => sum + value, 0) / there.length;
  });
}
