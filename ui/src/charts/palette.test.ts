import { describe, expect, it } from 'vitest';

import { assignColors, colorIndex, COLORS, seriesColor } from './palette';
import { longHex } from './theme';

const BACKGROUND = { dark: '#0e0f12', light: '#ffffff' } as const;

const channels = (color: string) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);
const linear = (x: number) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);

function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = channels(color).map(linear);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return ((x ?? 0) + 0.05) / ((y ?? 0) + 0.05);
}

/** Machado, Oliveira and Fernandes (2009), deuteranopia. */
function deuteranopia(color: string): number[] {
  const [r = 0, g = 0, b = 0] = channels(color).map(linear);
  return [0.367322 * r + 0.860646 * g - 0.227968 * b, 0.280085 * r + 0.672501 * g + 0.047413 * b, -0.01182 * r + 0.04294 * g + 0.968881 * b];
}

const distance = (a: number[], b: number[]) => Math.hypot(...a.map((x, at) => Math.sqrt(Math.max(0, x)) - Math.sqrt(Math.max(0, b[at] ?? 0))));

describe.each(['dark', 'light'] as const)('the %s palette', (theme) => {
  const colors = Array.from({ length: COLORS }, (_, at) => seriesColor(at, theme));

  it('has different colours that stand out from the background', () => {
    expect(new Set(colors).size).toBe(COLORS);
    for (const color of colors) expect(contrast(color, BACKGROUND[theme])).toBeGreaterThanOrEqual(3);
  });

  it('keeps neighbours apart without telling red from green', () => {
    for (let at = 1; at < COLORS; at += 1) {
      const [a, b] = [deuteranopia(colors[at - 1] ?? ''), deuteranopia(colors[at] ?? '')];
      expect(distance(a, b), `${colors[at - 1]} ${colors[at]}`).toBeGreaterThan(0.1);
    }
  });
});

describe('the colour of a group', () => {
  it('is the same each time and spreads', () => {
    expect(colorIndex('env:prod')).toBe(colorIndex('env:prod'));
    const used = new Set(Array.from({ length: 200 }, (_, at) => colorIndex(`host:web-${at}`)));
    expect(used.size).toBe(COLORS);
  });

  it('differs within a graph while there are colours', () => {
    const hosts = Array.from({ length: COLORS }, (_, at) => `host:web-${at}`);
    expect(new Set(assignColors(hosts).values()).size).toBe(COLORS);
    expect(assignColors([...hosts, 'host:one-more']).size).toBe(COLORS + 1);
  });
});

it.each([
  ['#fff', '#ffffff'],
  ['#1a2', '#11aa22'],
  ['#0e0f12', '#0e0f12'],
  ['rgb(1 2 3)', 'rgb(1 2 3)'],
  ['', ''],
])('%s is %s in full', (short, long) => expect(longHex(short)).toBe(long));
