/**
 * The colours of series: 20 hues of even lightness, in two close steps so that neighbours stay
 * apart for people who do not tell red from green. A group's colour is a stable hash of its tags.
 */
export const COLORS = 20;

type Rgb = [number, number, number];

const LIGHTNESS = { dark: [0.78, 0.7], light: [0.55, 0.62] } as const;
const CHROMA = 0.15;
/** Blue comes first: a lone series is blue. */
const FIRST_HUE = 262;
/** Coprime with 20: consecutive colours are far apart, and the second is no red that would look like an alert. */
const HUE_STEP = 9;

/** oklch to sRGB, each 0 to 1; may be out of gamut. After Björn Ottosson's OKLab. */
function srgb(lightness: number, chroma: number, hue: number): Rgb {
  const angle = (hue * Math.PI) / 180;
  const [a, b] = [chroma * Math.cos(angle), chroma * Math.sin(angle)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear: Rgb = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return linear.map((x) => (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055)) as Rgb;
}

/** The most colourful that a screen can show, at the same lightness and hue; at most of this chroma. */
export function oklch(lightness: number, most: number, hue: number): string {
  let chroma = most;
  let rgb = srgb(lightness, chroma, hue);
  while (chroma > 0 && rgb.some((x) => x < -0.001 || x > 1.001)) {
    chroma -= 0.005;
    rgb = srgb(lightness, chroma, hue);
  }
  return `#${rgb.map((x) => Math.round(Math.min(1, Math.max(0, x)) * 255).toString(16).padStart(2, '0')).join('')}`;
}

function build(theme: 'dark' | 'light'): readonly string[] {
  return Array.from({ length: COLORS }, (_, at) => {
    const hue = (FIRST_HUE + ((at * HUE_STEP) % COLORS) * (360 / COLORS)) % 360;
    return oklch(LIGHTNESS[theme][at % 2] ?? 0.7, CHROMA, hue);
  });
}

const PALETTE = { dark: build('dark'), light: build('light') };

/** The colour at a place of the palette. */
export function seriesColor(index: number, theme: 'dark' | 'light'): string {
  return PALETTE[theme][((index % COLORS) + COLORS) % COLORS] ?? '';
}

/** The colour of a series: its own, or that of its place. */
export function paintOf(series: { color: number; paint?: string | undefined }, theme: 'dark' | 'light'): string {
  return series.paint ?? seriesColor(series.color, theme);
}

/** Steps that visit all of the palette. */
const STEPS = [1, 3, 7, 9, 11, 13, 17, 19];

/** The place in the palette of a tag or group; the same on every page. */
export function colorIndex(text: string): number {
  return hashOf(text) % COLORS;
}

/** FNV-1a, with the high bits mixed into the low ones, which alone are poor. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash ^= hash >>> 15;
  return hash >>> 0;
}

/**
 * Places for the groups of one graph. Each keeps its own where it can; of those that collide, the
 * first by name stays, and the others go on by steps of their own, so that one that comes or leaves
 * moves few.
 */
export function assignColors(groups: readonly string[]): Map<string, number> {
  const assigned = new Map<string, number>();
  const taken = new Set<number>();
  for (const group of [...new Set(groups)].sort()) {
    let index = colorIndex(group);
    const step = STEPS[Math.floor(hashOf(group) / COLORS) % STEPS.length] ?? 1;
    if (taken.size < COLORS) while (taken.has(index)) index = (index + step) % COLORS;
    taken.add(index);
    assigned.set(group, index);
  }
  return assigned;
}
