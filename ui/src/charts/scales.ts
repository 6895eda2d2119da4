/** The axes of values: how far they reach, how they are divided, how they are written. */
import uPlot from 'uplot';

import { axisLabels, logLabel } from './format';
import type { UnitPair } from './units';

export type ChartScale = 'linear' | 'log' | 'sqrt' | 'pow';

/** What a chart's definition says of an axis. */
export interface AxisLook {
  min?: number | undefined;
  max?: number | undefined;
  scale?: ChartScale | undefined;
  /** Beside the axis. */
  label?: string | undefined;
  /** True unless said otherwise. */
  includesZero?: boolean | undefined;
}

/** What must be seen beside the values: thresholds, bands. */
export interface Extent {
  min?: number | undefined;
  max?: number | undefined;
}

/** Bytes, whose round numbers are powers of two. */
export function isBinary(unit: UnitPair): boolean {
  return unit?.[0]?.family === 'bytes' && unit[0].name !== 'bit';
}

export function valueScale(unit: UnitPair, look: AxisLook, extent: () => Extent): uPlot.Scale {
  const range = (make: (min: number | null, max: number | null) => [number, number]): uPlot.Scale['range'] => (_u, min, max) => {
    const beside = extent();
    return pinned(make(leastOf(min, beside.min), mostOf(max, beside.max)), look);
  };
  switch (look.scale) {
    case 'log': {
      const base = isBinary(unit) ? 2 : 10;
      return { distr: 3, log: base, range: range((min, max) => logRange(min, max, base)) };
    }
    case 'sqrt':
      return { distr: 100, fwd: signedRoot, bwd: signedSquare, range: range((min, max) => linearRange(min, max, true)) } as uPlot.Scale;
    case 'pow':
      return { distr: 100, fwd: signedSquare, bwd: signedRoot, range: range((min, max) => linearRange(min, max, true)) } as uPlot.Scale;
    default:
      return { range: range((min, max) => linearRange(min, max, look.includesZero !== false)) };
  }
}

const signedRoot = (value: number) => Math.sign(value) * Math.sqrt(Math.abs(value));
const signedSquare = (value: number) => Math.sign(value) * value * value;

function mostOf(max: number | null, least: number | undefined): number | null {
  return least === undefined ? max : Math.max(max ?? least, least);
}

function leastOf(min: number | null, most: number | undefined): number | null {
  return most === undefined ? min : Math.min(min ?? most, most);
}

function pinned([low, high]: [number, number], { min, max, scale }: AxisLook): [number, number] {
  const [from, to] = [scale === 'log' && (min ?? 1) <= 0 ? low : (min ?? low), max ?? high];
  return from < to ? [from, to] : [low, high];
}

/** From zero, where it is wanted. */
export function linearRange(min: number | null, max: number | null, includesZero = true): [number, number] {
  if (min === null || max === null || !Number.isFinite(min) || !Number.isFinite(max)) return [0, 1];
  const [low, high] = includesZero ? [Math.min(0, min), Math.max(0, max)] : [min, max];
  if (low === high) return low === 0 ? [0, 1] : [low - Math.abs(low) * 0.1, high + Math.abs(high) * 0.1];
  const pad = (high - low) * 0.06;
  if (!includesZero) return [low >= 0 ? Math.max(0, low - pad) : low - pad, high + pad];
  return [low < 0 ? low - pad : 0, high > 0 ? high + pad : 0];
}

function logRange(min: number | null, max: number | null, base: 2 | 10): [number, number] {
  if (min === null || max === null || !(min > 0)) return [0.1, 10];
  const [low, high] = uPlot.rangeLog(min, max, base, false);
  return [low ?? min, high ?? max];
}

/** How the ticks are written. */
export function tickLabels(ticks: readonly (number | null)[], unit: UnitPair, scale: ChartScale | undefined): string[] {
  return scale === 'log' ? ticks.map((tick) => logLabel(tick, unit)) : axisLabels(ticks, unit);
}
