/**
 * Values to colours. Each palette changes its lightness evenly from end to end, so that equal steps
 * look equal and nobody needs to tell red from green. The low end lies near the background of the
 * theme: what is high stands out in both.
 */
import { hexOf, toRgb, type Oklch } from './oklch';

export type Theme = 'dark' | 'light';

/** Colours of one scale; more would not be told apart. */
export const STEPS = 64;

export type PaletteName = 'heat' | 'ocean' | 'mono';

interface Stop {
  c: number;
  h: number;
}

interface Palette {
  label: string;
  /** Chroma and hue from low to high; lightness is the theme's. */
  stops: Stop[];
  /** On light pages, where another way looks better: dark yellow is brown. */
  lightStops?: Stop[];
}

const PALETTES: Record<PaletteName, Palette> = {
  heat: {
    label: 'Heat',
    stops: [
      { c: 0.07, h: 268 },
      { c: 0.15, h: 300 },
      { c: 0.19, h: 350 },
      { c: 0.18, h: 398 },
      { c: 0.16, h: 440 },
    ],
    lightStops: [
      { c: 0.05, h: 262 },
      { c: 0.11, h: 300 },
      { c: 0.18, h: 345 },
      { c: 0.2, h: 378 },
      { c: 0.17, h: 392 },
    ],
  },
  ocean: {
    label: 'Ocean',
    stops: [
      { c: 0.05, h: 270 },
      { c: 0.13, h: 250 },
      { c: 0.12, h: 215 },
      { c: 0.12, h: 180 },
    ],
  },
  mono: {
    label: 'One hue',
    stops: [
      { c: 0.04, h: 278 },
      { c: 0.16, h: 278 },
      { c: 0.12, h: 278 },
    ],
  },
};

export const PALETTE_NAMES = Object.keys(PALETTES) as PaletteName[];

export function isPalette(name: string): name is PaletteName {
  return Object.hasOwn(PALETTES, name);
}

export function paletteLabel(name: PaletteName): string {
  return PALETTES[name].label;
}

/** Lightness at the low and the high end. */
const LIGHTNESS: Record<Theme, [low: number, high: number]> = { dark: [0.36, 0.88], light: [0.9, 0.42] };

/** The colour at `t` from 0 to 1. */
export function colorAt(name: PaletteName, theme: Theme, t: number): Oklch {
  const palette = PALETTES[name];
  const stops = (theme === 'light' ? palette.lightStops : undefined) ?? palette.stops;
  const at = Math.min(1, Math.max(0, t)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(at));
  const [a, b] = [stops[index] ?? stops[0]!, stops[index + 1] ?? stops[0]!];
  const part = at - index;
  const [low, high] = LIGHTNESS[theme];
  return { l: low + (high - low) * t, c: a.c + (b.c - a.c) * part, h: a.h + (b.h - a.h) * part };
}

const cache = new Map<string, string[]>();

/** The palette as `STEPS` CSS colours, low to high. */
export function paletteColors(name: PaletteName, theme: Theme, isFlipped = false): string[] {
  const key = `${name} ${theme} ${isFlipped}`;
  let colors = cache.get(key);
  if (!colors) {
    colors = Array.from({ length: STEPS }, (_, step) => {
      const t = step / (STEPS - 1);
      return hexOf(toRgb(colorAt(name, theme, isFlipped ? 1 - t : t)));
    });
    cache.set(key, colors);
  }
  return colors;
}

/** Which of the colours a value has; -1 without a value. Values outside have the end's colour. */
export function stepOf(value: number | null, min: number, max: number): number {
  if (value === null || !Number.isFinite(value)) return -1;
  if (max <= min) return value > max ? STEPS - 1 : 0;
  const t = (value - min) / (max - min);
  return Math.min(STEPS - 1, Math.max(0, Math.floor(t * STEPS)));
}

/** Ends of a scale that the values suggest: round, and 0 to 100 for percentages. */
export function domainOf(values: Iterable<number | null>, isPercent: boolean): [min: number, max: number] {
  if (isPercent) return [0, 100];
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (min > max) return [0, 1];
  // From zero, unless everything lies in a narrow band far from it.
  if (min >= 0 && min < max * 0.8) min = 0;
  if (min === max) return min === 0 ? [0, 1] : [Math.min(0, min), Math.max(0, max)];
  const grain = 10 ** Math.floor(Math.log10(max - min)) / 2;
  return [Math.floor(min / grain) * grain, Math.ceil(max / grain) * grain];
}

/** Whether dark text reads better on a colour of a palette. */
export function wantsDarkInk(theme: Theme, step: number, isFlipped = false): boolean {
  const [low, high] = LIGHTNESS[theme];
  const t = step / (STEPS - 1);
  return low + (high - low) * (isFlipped ? 1 - t : t) > 0.62;
}
