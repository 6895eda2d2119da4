/** Numbers of widgets: units that a definition overrides, fixed scales, digits after the point. */
import { digits, formatValue, scaleOf } from '../../charts/format';
import type { Unit, UnitPair } from '../../charts/units';
import { bag, num, text } from './json';

export interface NumberFormat {
  /** In place of the metric's own. */
  unit?: UnitPair;
  /** Always in this one, whatever the size. */
  scale?: Unit;
}

export interface Parts {
  number: string;
  /** With its space where one belongs: ` ms`, `%`. */
  suffix: string;
}

const unit = (family: string, name: string, short: string | null, scale = 1): readonly [string, Unit] => [
  name,
  { family, name, plural: name === 'percent' ? name : `${name}s`, short_name: short, scale_factor: scale },
];

/** Units by name, with how many of their family's base one is. */
const UNITS: ReadonlyMap<string, Unit> = new Map([
  unit('bytes', 'bit', 'b', 1 / 8),
  unit('bytes', 'byte', 'B'),
  unit('bytes', 'kilobyte', 'kB', 1e3),
  unit('bytes', 'megabyte', 'MB', 1e6),
  unit('bytes', 'gigabyte', 'GB', 1e9),
  unit('bytes', 'terabyte', 'TB', 1e12),
  unit('bytes', 'kibibyte', 'KiB', 2 ** 10),
  unit('bytes', 'mebibyte', 'MiB', 2 ** 20),
  unit('bytes', 'gibibyte', 'GiB', 2 ** 30),
  unit('bytes', 'tebibyte', 'TiB', 2 ** 40),
  unit('time', 'nanosecond', 'ns', 1e-9),
  unit('time', 'microsecond', 'µs', 1e-6),
  unit('time', 'millisecond', 'ms', 1e-3),
  unit('time', 'second', 's'),
  unit('time', 'minute', 'min', 60),
  unit('time', 'hour', 'h', 3600),
  unit('time', 'day', 'd', 86_400),
  unit('time', 'week', 'wk', 604_800),
  unit('percentage', 'percent', '%'),
  unit('percentage', 'fraction', '', 100),
  unit('money', 'dollar', '$'),
  unit('money', 'euro', '€'),
]);

function named(name: string | undefined): Unit | null {
  if (!name) return null;
  return UNITS.get(name) ?? { family: 'other', name, plural: /s$/.test(name) ? name : `${name}s`, short_name: null, scale_factor: 1 };
}

/** Source: openapi core-v1, `WidgetNumberFormat`. */
export function numberFormatOf(value: unknown): NumberFormat {
  const raw = bag(value);
  const of = bag(raw['unit']);
  const label = text(of['label']);
  const name = text(of['unit_name']);
  const scale = named(text(bag(raw['unit_scale'])['unit_name']));
  const own: UnitPair | undefined = label !== undefined ? [{ ...plainUnit, name: label, plural: label }, null] : name ? [named(name), named(text(of['per_unit_name']))] : undefined;
  return { ...(own ? { unit: own } : {}), ...(scale ? { scale } : {}) };
}

const plainUnit: Unit = { family: 'custom', name: '', plural: '', short_name: null, scale_factor: 1 };

/** The unit that holds: the definition's or the metric's. */
export function unitOf(format: NumberFormat, own: UnitPair): UnitPair {
  return format.unit ?? own;
}

/** A value as tables and lists write it. */
export function valueText(value: number | null | undefined, format: NumberFormat, own: UnitPair): string {
  if (value === null || value === undefined) return '–';
  const parts = fixedParts(value, format, own);
  return parts ? parts.number + parts.suffix : formatValue(value, unitOf(format, own));
}

function fixedParts(value: number, { unit: override, scale }: NumberFormat, own: UnitPair, precision?: number): Parts | undefined {
  const from = (override ?? own)?.[0];
  if (!scale || !from || from.family !== scale.family) return undefined;
  const scaled = (value * from.scale_factor) / scale.scale_factor;
  return { number: rounded(scaled, precision), suffix: ` ${scale.short_name ?? scale.name}` };
}

export interface ValueLook {
  format: NumberFormat;
  own: UnitPair;
  /** Text in place of the unit. */
  customUnit?: string;
  /** Picks the scale by the size: 12.3k, 4.2 GiB. */
  autoscale: boolean;
  /** Digits after the point. */
  precision?: number;
}

/** A value taken apart, for numbers that stand large before their unit. */
export function valueParts(value: number, { format, own, customUnit, autoscale, precision }: ValueLook): Parts {
  if (!Number.isFinite(value)) return { number: digits(value), suffix: '' };
  const fixed = fixedParts(value, format, own, precision);
  if (fixed) return fixed;
  const pair = customUnit === undefined ? unitOf(format, own) : null;
  if (!autoscale) return { number: rounded(value, precision), suffix: suffixOf(pair, value) || spaced(customUnit) };
  const { divisor, suffix } = scaleOf(value, pair);
  const name = customUnit === undefined ? wordOf(pair, value) : spaced(customUnit);
  return { number: rounded(value / divisor, precision), suffix: suffix + name };
}

function rounded(value: number, precision: number | undefined): string {
  if (precision === undefined) return digits(value);
  const places = Math.min(10, Math.max(0, Math.round(precision)));
  return value.toLocaleString('en-US', { maximumFractionDigits: places, minimumFractionDigits: 0 }).replace(/^-/, '−');
}

/** Letters need a space before them, signs do not. */
function spaced(unitText: string | undefined): string {
  if (!unitText) return '';
  return /^[A-Za-z]/.test(unitText) ? ` ${unitText}` : unitText;
}

function suffixOf(pair: UnitPair, value: number): string {
  const what = pair?.[0];
  if (!what) return '';
  return spaced(what.short_name || (Math.abs(value) === 1 ? what.name : what.plural)) + (pair?.[1] ? `/${pair[1].short_name ?? pair[1].name}` : '');
}

function wordOf(pair: UnitPair, value: number): string {
  const what = pair?.[0];
  if (!what || pair?.[1] || ['bytes', 'time', 'percentage'].includes(what.family)) return '';
  return ` ${Math.abs(value) === 1 ? what.name : what.plural || what.name}`;
}

/** Digits after the point as definitions give them; `*` is all of them. */
export function precisionOf(value: unknown): number | undefined {
  const places = num(value);
  return places === undefined ? undefined : Math.min(10, Math.max(0, places));
}
