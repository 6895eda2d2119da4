import { useSyncExternalStore } from 'react';

import { shownTheme } from '../shell/theme';

/** The colours of tokens.css, for canvas. */
export interface ChartColors {
  text: string;
  faint: string;
  grid: string;
  line: string;
  background: string;
  accent: string;
  ok: string;
  warn: string;
  alert: string;
  nodata: string;
}

export function useShownTheme(): 'dark' | 'light' {
  return useSyncExternalStore(shownTheme.subscribe, shownTheme.get);
}

/** `#fff`, as built style sheets shorten it, as `#ffffff`: charts mix colours by their channels. */
export function longHex(color: string): string {
  return /^#[0-9a-f]{3}$/i.test(color) ? color.replace(/[0-9a-f]/gi, '$&$&') : color;
}

/** Read when a chart is made; charts are made anew when the theme changes. */
export function chartColors(): ChartColors {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => longHex(style.getPropertyValue(`--${name}`).trim());
  return {
    text: of('text-muted'),
    faint: of('text-faint'),
    grid: of('grid'),
    line: of('line-strong'),
    background: of('bg'),
    accent: of('accent'),
    ok: of('ok'),
    warn: of('warn'),
    alert: of('alert'),
    nodata: of('nodata'),
  };
}
