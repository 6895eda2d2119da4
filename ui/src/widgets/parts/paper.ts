/**
 * The papers that notes and groups are on: Datadog's names of colours as classes, so that each has
 * a shade for either theme; other colours are taken as they are.
 */
import styles from './paper.module.css';

const NAMES = ['white', 'gray', 'blue', 'green', 'yellow', 'orange', 'pink', 'purple'] as const;
const VIVID = /^vivid_(blue|green|yellow|orange|pink|purple)$/;

export interface Paper {
  className: string;
  style?: { backgroundColor: string; color?: string };
  isVivid: boolean;
}

export function paperOf(color: string, fallback = 'white'): Paper {
  const name = color === '' ? fallback : color;
  if (name === 'transparent') return { className: styles.transparent ?? '', isVivid: false };
  if (VIVID.test(name)) return { className: styles[name] ?? '', isVivid: true };
  if ((NAMES as readonly string[]).includes(name)) return { className: styles[name] ?? '', isVivid: false };
  const backgroundColor = cssColor(name);
  if (backgroundColor === undefined) return { className: styles[fallback] ?? '', isVivid: false };
  const ink = inkOn(backgroundColor);
  return { className: styles.custom ?? '', style: { backgroundColor, ...(ink ? { color: ink } : {}) }, isVivid: true };
}

/** `#rgb`, `#rrggbb` with or without opacity, `rgb(…)`, `hsl(…)` or a name; never an address. */
export function cssColor(text: string): string | undefined {
  return /^(#[0-9a-f]{3,4}|#[0-9a-f]{6}|#[0-9a-f]{8}|[a-z]{3,24}|(?:rgb|hsl)a?\([\d\s.,%/deg]{3,40}\))$/i.test(text) ? text : undefined;
}

/** Dark or light text, whichever reads better on a `#rrggbb`. */
export function inkOn(color: string): string | undefined {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(color);
  const full = short ? `#${short.slice(1).map((digit) => digit + digit).join('')}` : color;
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(full);
  if (!match) return undefined;
  const [r = 0, g = 0, b = 0] = match.slice(1).map((part) => linear(parseInt(part, 16) / 255));
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return luminance > 0.19 ? 'var(--ink-dark)' : 'var(--on-accent)';
}

const linear = (part: number): number => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
