/** Round numbers along an axis. */
import { axisLabels, logLabel } from '../../charts/format';
import type { AxisLook } from '../../charts/scales';
import type { UnitPair } from '../../charts/units';

export interface Axis {
  low: number;
  high: number;
  isLog: boolean;
  ticks: readonly number[];
  labels: readonly string[];
  /** 0 to 1 along the axis. */
  place: (value: number) => number;
}

/** An axis that holds the values, after what the definition says of it. */
export function axisFor(values: readonly number[], look: AxisLook, unit: UnitPair, wanted: number): Axis {
  const isLog = look.scale === 'log';
  const there = values.filter((value) => Number.isFinite(value) && (!isLog || value > 0));
  let low = there.reduce((min, value) => Math.min(min, value), Infinity);
  let high = there.reduce((max, value) => Math.max(max, value), -Infinity);
  if (!(low <= high)) [low, high] = isLog ? [0.1, 10] : [0, 1];
  if (!isLog && look.includesZero !== false) [low, high] = [Math.min(0, low), Math.max(0, high)];
  const pad = isLog ? 0 : (high - low) * 0.05;
  low = look.min !== undefined && !(isLog && look.min <= 0) ? look.min : isLog ? low / 1.2 : low === 0 ? 0 : low - pad;
  high = look.max ?? (isLog ? high * 1.2 : high === 0 ? 0 : high + pad);
  if (!(low < high)) high = low + (Math.abs(low) || 1);
  const ticks = isLog ? powers(low, high) : niceTicks(low, high, wanted);
  const labels = isLog ? ticks.map((tick) => logLabel(tick, unit)) : axisLabels(ticks, unit);
  const place = (value: number) => (isLog ? Math.log(Math.max(value, low / 10) / low) / Math.log(high / low) : (value - low) / (high - low));
  return { low, high, isLog, ticks, labels, place };
}

/** Multiples of 1, 2 or 5 of a power of ten. */
export function niceTicks(low: number, high: number, wanted: number): number[] {
  const rough = (high - low) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const ticks: number[] = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9 && ticks.length < 100; at += 1) ticks.push(Number((at * step).toPrecision(12)));
  return ticks;
}

function powers(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let at = Math.ceil(Math.log10(low)); 10 ** at <= high && ticks.length < 40; at += 1) ticks.push(10 ** at);
  return ticks.length >= 2 ? ticks : niceTicks(low, high, 4).filter((tick) => tick > 0);
}
