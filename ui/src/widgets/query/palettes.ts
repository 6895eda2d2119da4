/**
 * Palettes by the names that definitions use. The classic ones are our own colours by group; the
 * tinted ones are ramps of even steps, of the same hues as the names say.
 */
import { oklch } from '../../charts/palette';

type Theme = 'dark' | 'light';

/** Hue at the ramp's start and end, in degrees, and how colourful. */
interface Ramp {
  hues: readonly [number, number];
  chroma: number;
}

const RAMPS: Readonly<Record<string, Ramp>> = {
  cool: { hues: [300, 165], chroma: 0.14 },
  warm: { hues: [15, 95], chroma: 0.16 },
  purple: { hues: [305, 290], chroma: 0.16 },
  orange: { hues: [40, 70], chroma: 0.16 },
  yellow: { hues: [75, 100], chroma: 0.15 },
  red: { hues: [18, 30], chroma: 0.18 },
  green: { hues: [160, 140], chroma: 0.15 },
  blue: { hues: [265, 245], chroma: 0.15 },
  gray: { hues: [265, 265], chroma: 0.012 },
  grey: { hues: [265, 265], chroma: 0.012 },
  // Of heatmaps and host maps.
  hostmap_blues: { hues: [265, 245], chroma: 0.15 },
  YlOrRd: { hues: [95, 20], chroma: 0.17 },
  yellow_to_green: { hues: [95, 150], chroma: 0.15 },
  green_to_orange: { hues: [150, 60], chroma: 0.16 },
};

/** One that stands alone is drawn at its ramp's strongest. */
const ALONE = 0.35;
/** More steps than these look the same: the ramp begins anew. */
const STEPS_MAX = 12;
const LIGHTNESS: Readonly<Record<Theme, readonly [number, number]>> = { dark: [0.86, 0.52], light: [0.42, 0.76] };

/** Colours for so many series, or none where groups keep their own colours. */
export function rampColors(palette: string | undefined, count: number, theme: Theme): readonly string[] | undefined {
  const ramp = RAMPS[palette ?? ''];
  if (!ramp || count <= 0) return undefined;
  const steps = Math.min(count, STEPS_MAX);
  return Array.from({ length: count }, (_, at) => rampColor(ramp, steps === 1 ? ALONE : (at % steps) / (steps - 1), theme));
}

function rampColor({ hues: [from, to], chroma }: Ramp, share: number, theme: Theme): string {
  const [start, end] = LIGHTNESS[theme];
  return oklch(start + (end - start) * share, chroma, (from + (to - from) * share + 360) % 360);
}

/** From nearly the background to its strongest: for how much of something there is. */
export function densityColors(palette: string | undefined, steps: number, theme: Theme): readonly string[] {
  const ramp = RAMPS[palette ?? ''] ?? { hues: [280, 200], chroma: 0.14 };
  const [low, high] = theme === 'dark' ? [0.28, 0.88] : [0.93, 0.42];
  return Array.from({ length: steps }, (_, at) => {
    const share = steps === 1 ? 1 : at / (steps - 1);
    const hue = ramp.hues[0] + (ramp.hues[1] - ramp.hues[0]) * share;
    return oklch(low + (high - low) * share, ramp.chroma * (0.35 + 0.65 * share), (hue + 360) % 360);
  });
}

const MEANINGS: readonly (readonly [RegExp, 'alert' | 'warn' | 'ok' | 'info' | 'nodata'])[] = [
  [/(^|[^a-z])(error|err|critical|crit|fatal|emergency|alert|fail\w*|down|denied|blocked|rejected|unhealthy|high|5\d\d|5xx)([^a-z]|$)/i, 'alert'],
  [/(^|[^a-z])(warn\w*|degraded|pending|medium|throttled|timeout|4\d\d|4xx)([^a-z]|$)/i, 'warn'],
  [/(^|[^a-z])(ok|success\w*|passed|up|healthy|allowed|running|active|low|2\d\d|2xx)([^a-z]|$)/i, 'ok'],
  [/(^|[^a-z])(info|notice|3\d\d|3xx)([^a-z]|$)/i, 'info'],
  [/(^|[^a-z])(debug|trace|unknown|none|null|n\/a)([^a-z]|$)/i, 'nodata'],
];

const SEMANTIC_HUES = { alert: [25, 0.17], warn: [75, 0.15], ok: [155, 0.14], info: [255, 0.14], nodata: [265, 0.012] } as const;

/** What a group's words mean, as a colour; none where they mean nothing. */
export function semanticColor(words: string, theme: Theme): string | undefined {
  const meaning = MEANINGS.find(([pattern]) => pattern.test(words))?.[1];
  if (!meaning) return undefined;
  const [hue, chroma] = SEMANTIC_HUES[meaning];
  return oklch(theme === 'dark' ? 0.72 : 0.58, chroma, hue);
}

export function isSemantic(palette: string | undefined): boolean {
  return palette === 'semantic';
}
