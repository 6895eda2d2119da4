import { describe, expect, it } from 'vitest';

import { deuteranopia, hexOf, toOklab, toRgb, type Rgb } from './oklch';
import { colorAt, domainOf, PALETTE_NAMES, paletteColors, STEPS, stepOf } from './scale';

const rgbOf = (hex: string): Rgb =>
  [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255) as Rgb;

describe('palettes', () => {
  const cases = PALETTE_NAMES.flatMap((name) => (['dark', 'light'] as const).map((theme) => ({ name, theme })));

  it.each(cases)('$name on $theme changes its lightness evenly', ({ name, theme }) => {
    const lightness = paletteColors(name, theme).map((hex) => toOklab(rgbOf(hex))[0]);
    const step = (lightness[STEPS - 1]! - lightness[0]!) / (STEPS - 1);
    for (let at = 1; at < STEPS; at += 1) {
      expect(lightness[at]! - lightness[at - 1]!).toBeCloseTo(step, 2);
    }
  });

  it.each(cases)('$name on $theme is told apart without green cones', ({ name, theme }) => {
    const seen = paletteColors(name, theme).map((hex) => toOklab(deuteranopia(rgbOf(hex))));
    const apart = (a: number[], b: number[]) => Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!, a[2]! - b[2]!);
    // Any two colours an eighth of the scale apart differ clearly.
    for (let at = 8; at < STEPS; at += 1) expect(apart(seen[at]!, seen[at - 8]!)).toBeGreaterThan(0.04);
  });

  it('keeps within what a screen shows', () => {
    const rgb = toRgb({ l: 0.5, c: 0.5, h: 140 });
    expect(rgb.every((part) => part >= 0 && part <= 1)).toBe(true);
    expect(hexOf([1, 0, 0.5])).toBe('#ff0080');
    expect(colorAt('heat', 'dark', 0).l).toBeLessThan(colorAt('heat', 'dark', 1).l);
  });

  it('flips', () => {
    const colors = paletteColors('heat', 'dark');
    expect(paletteColors('heat', 'dark', true)).toEqual([...colors].reverse());
  });
});

describe('stepOf', () => {
  it.each([
    [null, 0, 100, -1],
    [Number.NaN, 0, 100, -1],
    [0, 0, 100, 0],
    [50, 0, 100, STEPS / 2],
    [100, 0, 100, STEPS - 1],
    [-5, 0, 100, 0],
    [1e9, 0, 100, STEPS - 1],
    [5, 5, 5, 0],
    [6, 5, 5, STEPS - 1],
  ])('%s in %s … %s', (value, min, max, step) => expect(stepOf(value, min, max)).toBe(step));
});

describe('domainOf', () => {
  it.each<[(number | null)[], boolean, [number, number]]>([
    [[12, 40], true, [0, 100]],
    [[], false, [0, 1]],
    [[null, null], false, [0, 1]],
    [[0], false, [0, 1]],
    [[7], false, [0, 7]],
    [[0.2, 7.4], false, [0, 7.5]],
    [[990, 1010], false, [990, 1010]],
    [[-3, 4], false, [-3, 4]],
  ])('%s', (values, isPercent, want) => expect(domainOf(values, isPercent)).toEqual(want));
});
