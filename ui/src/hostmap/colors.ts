import { hexOf, toRgb } from './oklch';
import { paletteColors, type PaletteName, type Theme } from './scale';
import type { MapColors } from './draw';

const DARK_INK = hexOf(toRgb({ l: 0.18, c: 0.02, h: 275 }));
const LIGHT_INK = hexOf(toRgb({ l: 0.98, c: 0, h: 0 }));

/** The palette and the theme's tokens, as canvas takes them. */
export function mapColors(palette: PaletteName, theme: Theme, isFlipped: boolean): MapColors {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    scale: paletteColors(palette, theme, isFlipped),
    theme,
    isFlipped,
    empty: token('bg-raised'),
    emptyLine: token('line-strong'),
    text: token('text'),
    background: token('bg'),
    accent: token('accent'),
    muted: token('muted-state'),
    darkInk: DARK_INK,
    lightInk: LIGHT_INK,
  };
}
