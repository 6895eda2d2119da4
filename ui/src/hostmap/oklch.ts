/** Colours by how people see them: OKLCH to sRGB, and a simulation of deuteranopia for tests. */
export interface Oklch {
  /** 0 black … 1 white. */
  l: number;
  /** 0 grey … about 0.3. */
  c: number;
  /** Degrees. */
  h: number;
}

export type Rgb = [red: number, green: number, blue: number];

const CHROMA_STEPS = 24;

/** The nearest colour of the same lightness and hue that a screen can show, each part 0 … 1. */
export function toRgb({ l, c, h }: Oklch): Rgb {
  let [low, high] = [0, c];
  if (inGamut(linearOf(l, c, h))) low = c;
  else {
    for (let step = 0; step < CHROMA_STEPS; step += 1) {
      const middle = (low + high) / 2;
      if (inGamut(linearOf(l, middle, h))) low = middle;
      else high = middle;
    }
  }
  return linearOf(l, low, h).map((part) => gamma(Math.min(1, Math.max(0, part)))) as Rgb;
}

function linearOf(l: number, c: number, h: number): Rgb {
  const angle = (h * Math.PI) / 180;
  const [a, b] = [c * Math.cos(angle), c * Math.sin(angle)];
  const x = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const y = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const z = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z,
    -1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z,
    -0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z,
  ];
}

function inGamut(rgb: Rgb): boolean {
  return rgb.every((part) => part >= -0.0005 && part <= 1.0005);
}

function gamma(part: number): number {
  return part <= 0.0031308 ? 12.92 * part : 1.055 * part ** (1 / 2.4) - 0.055;
}

function linear(part: number): number {
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

export function hexOf(rgb: Rgb): string {
  return `#${rgb.map((part) => Math.round(part * 255).toString(16).padStart(2, '0')).join('')}`;
}

/** Lightness, green–red and blue–yellow, in OKLab. */
export function toOklab(rgb: Rgb): [l: number, a: number, b: number] {
  const [r, g, b] = rgb.map(linear) as Rgb;
  const x = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const y = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const z = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * x + 0.793617785 * y - 0.0040720468 * z,
    1.9779984951 * x - 2.428592205 * y + 0.4505937099 * z,
    0.0259040371 * x + 0.7827717662 * y - 0.808675766 * z,
  ];
}

/** As someone without green cones sees it (Machado, Oliveira and Fernandes 2009, severity 1). */
export function deuteranopia(rgb: Rgb): Rgb {
  const [r, g, b] = rgb.map(linear) as Rgb;
  const seen: Rgb = [
    0.367322 * r + 0.860646 * g - 0.227968 * b,
    0.280085 * r + 0.672501 * g + 0.047413 * b,
    -0.01182 * r + 0.04294 * g + 0.968881 * b,
  ];
  return seen.map((part) => gamma(Math.min(1, Math.max(0, part)))) as Rgb;
}
