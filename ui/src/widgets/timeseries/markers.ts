/** Lines and stretches of values that a definition marks. Source: openapi core-v1, `WidgetMarker`. */
import type { MarkState, Threshold } from '../../charts/marks';
import type { AxisLook, ChartScale } from '../../charts/scales';
import { bag, list, num, oneOf, text } from './../query/json';

const NUMBER = String.raw`(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)`;
const BETWEEN = new RegExp(String.raw`^${NUMBER}\s*<=?\s*y\s*<=?\s*${NUMBER}$`, 'i');
const ONE = new RegExp(String.raw`^y\s*(=|>=?|<=?)\s*${NUMBER}$`, 'i');

const STATES: Readonly<Record<string, MarkState>> = { ok: 'ok', info: 'accent', warning: 'warn', error: 'alert' };

/** Markers that cannot be read are left out. */
export function markersOf(value: unknown): Threshold[] {
  return list(value).flatMap((one) => {
    const raw = bag(one);
    const place = placeOf((text(raw['value']) ?? '').trim());
    if (!place) return [];
    const words = (text(raw['display_type']) ?? '').split(/\s+/);
    const state = words.map((word) => STATES[word]).find((found) => found !== undefined) ?? 'alert';
    const line = words.map((word) => oneOf(word, ['dashed', 'solid', 'bold'] as const)).find((found) => found !== undefined) ?? 'dashed';
    const label = text(raw['label'])?.trim();
    return [{ ...place, state, line, ...(label ? { label } : {}) }];
  });
}

function placeOf(written: string): { value: number; to?: number } | undefined {
  const between = BETWEEN.exec(written);
  if (between) return { value: Number(between[1]), to: Number(between[2]) };
  const [, sign, number] = ONE.exec(written) ?? [];
  if (!sign) return num(written) === undefined ? undefined : { value: Number(written) };
  const value = Number(number);
  if (sign === '=') return { value };
  return { value, to: sign.startsWith('>') ? Infinity : -Infinity };
}

const SCALES = ['linear', 'log', 'sqrt', 'pow'] as const satisfies readonly ChartScale[];

/** Source: openapi core-v1, `WidgetAxis`. */
export function axisOf(value: unknown): AxisLook {
  const raw = bag(value);
  return {
    min: num(raw['min']),
    max: num(raw['max']),
    label: axisLabel(raw),
    scale: SCALES.find((scale) => scale === raw['scale']),
    includesZero: raw['include_zero'] !== false,
  };
}

export function axisLabel(value: unknown): string | undefined {
  return text(bag(value)['label'])?.trim() || undefined;
}
