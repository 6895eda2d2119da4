/**
 * Values as people read them: `1.24 GiB/s`, `35.2 ms`, `12.3k requests`, `87%`.
 *
 * A scale is chosen by the largest value, so that all labels of an axis share divisor and suffix.
 */
import type { Unit, UnitPair } from './units';

export interface Scale {
  divisor: number;
  /** With its space: ` ms`, `k`, `%`. */
  suffix: string;
}

type Step = readonly [from: number, divisor: number, suffix: string];

const PLAIN: readonly Step[] = [
  [1e12, 1e12, 'T'],
  [1e9, 1e9, 'G'],
  [1e6, 1e6, 'M'],
  // 9999 reads well as it is.
  [1e4, 1e3, 'k'],
];

const BYTES: readonly Step[] = ['EiB', 'PiB', 'TiB', 'GiB', 'MiB', 'KiB'].map((name, at) => [
  1024 ** (6 - at),
  1024 ** (6 - at),
  ` ${name}`,
]);

const BITS: readonly Step[] = ['Eb', 'Pb', 'Tb', 'Gb', 'Mb', 'kb'].map((name, at) => [
  1000 ** (6 - at),
  1000 ** (6 - at),
  ` ${name}`,
]);

const SECONDS: readonly Step[] = [
  [2 * 86_400, 86_400, ' d'],
  [2 * 3600, 3600, ' h'],
  [120, 60, ' min'],
  [1, 1, ' s'],
  [1e-3, 1e-3, ' ms'],
  [1e-6, 1e-6, ' µs'],
];

/** How values up to `max` of a unit are written. */
export function scaleOf(max: number, pair?: UnitPair): Scale {
  const size = Math.abs(max);
  const [what, per] = pair ?? [null, null];
  const { divisor, suffix } = scaleOfUnit(size, what);
  return { divisor, suffix: suffix + perText(per) };
}

function scaleOfUnit(size: number, what: Unit | null): Scale {
  if (!what) return pick(PLAIN, size, 1, '');
  const factor = what.scale_factor || 1;
  switch (what.family) {
    case 'bytes': {
      if (what.name === 'bit') return pick(BITS, size, 1, ' b');
      return within(pick(BYTES, size * factor, 1, ' B'), factor);
    }
    case 'time':
      return within(pick(SECONDS, size * factor, 1e-9, size === 0 ? ' s' : ' ns'), factor, size === 0);
    case 'percentage':
      if (what.name === 'percent') return { divisor: 1, suffix: '%' };
      if (what.name === 'fraction') return { divisor: 0.01, suffix: '%' };
      return pick(PLAIN, size, 1, '');
    default:
      return pick(PLAIN, size, 1, '');
  }
}

/** A scale of the family's base, for values in a unit of `factor` bases. */
function within(scale: Scale, factor: number, isZero = false): Scale {
  return { divisor: isZero ? 1 : scale.divisor / factor, suffix: scale.suffix };
}

function pick(steps: readonly Step[], size: number, rest: number, restSuffix: string): Scale {
  const step = steps.find(([from]) => size >= from);
  return step ? { divisor: step[1], suffix: step[2] } : { divisor: rest, suffix: restSuffix };
}

function perText(per: Unit | null): string {
  return per ? `/${per.name === 'second' ? 's' : per.short_name || per.name}` : '';
}

/** A number with the digits that matter, without a unit. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? '−∞' : 'NaN';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1e15 || size < 1e-6) return minus(value.toExponential(2));
  const decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : Math.min(8, 2 - Math.floor(Math.log10(size)));
  return minus(trim(value.toFixed(decimals), value));
}

/** Zeros go only when nothing was rounded away: `8.00%` beside `8.12%` lines up, 8 requests stay 8. */
function trim(text: string, value: number): string {
  const isExact = Math.abs(Number(text) - value) <= Math.abs(value) * 1e-9;
  return isExact && text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function minus(text: string): string {
  return text.replace(/^-/, '−');
}

/** A value with its unit, as tooltip and legend show it. */
export function formatValue(value: number | null | undefined, pair?: UnitPair): string {
  if (value === null || value === undefined) return '–';
  if (!Number.isFinite(value)) return digits(value);
  const { divisor, suffix } = scaleOf(value, pair);
  return digits(value / divisor) + suffix + nameOf(value, pair);
}

/** ` requests`: the names of units that have no letters of their own. */
function nameOf(value: number, pair: UnitPair): string {
  const [what, per] = pair ?? [null, null];
  if (!what || ['bytes', 'time', 'percentage'].includes(what.family)) return '';
  const name = Math.abs(value) === 1 ? what.name : what.plural || what.name;
  // `12 requests/s`: the per part was added by the scale.
  return per ? '' : ` ${name}`;
}

/** Labels for an axis' ticks, all in one scale and with as many decimals as the step needs. */
export function axisLabels(ticks: readonly (number | null)[], pair?: UnitPair): string[] {
  const numbers = ticks.filter((tick): tick is number => tick !== null);
  const max = Math.max(0, ...numbers.map(Math.abs));
  const { divisor, suffix } = scaleOf(max, pair);
  const step = Math.min(...numbers.slice(1).map((tick, at) => Math.abs(tick - (numbers[at] ?? 0)))) / divisor;
  const decimals = Number.isFinite(step) && step > 0 ? Math.min(8, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))) : 0;
  const needed = decimalsNeeded(step, decimals);
  return ticks.map((tick) => {
    if (tick === null) return '';
    if (tick === 0) return suffix === '%' ? '0%' : '0';
    return minus((tick / divisor).toFixed(needed)) + suffix;
  });
}

/** A step of 0.25 needs two decimals, though its size says one. */
function decimalsNeeded(step: number, least: number): number {
  for (let decimals = least; decimals < least + 2; decimals += 1) {
    const shown = Number(step.toFixed(decimals));
    if (Math.abs(shown - step) < 1e-9 * Math.max(1, Math.abs(step))) return decimals;
  }
  return least;
}

/** Labels for a log axis: each by its own size. */
export function logLabel(tick: number | null, pair?: UnitPair): string {
  if (tick === null) return '';
  const { divisor, suffix } = scaleOf(tick, pair);
  return digits(tick / divisor) + suffix;
}

/** `20 s`, `5 min`: an interval in milliseconds. */
export function intervalText(ms: number): string {
  const { divisor, suffix } = pick([[86_400e3, 86_400e3, ' d'], [3600e3, 3600e3, ' h'], [60e3, 60e3, ' min'], [1000, 1000, ' s']], ms, 1, ' ms');
  return digits(ms / divisor) + suffix;
}

/** `1,234`. */
export function countText(n: number): string {
  return n.toLocaleString('en-US');
}
