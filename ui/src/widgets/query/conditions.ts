/** Colours by value. The first condition that holds wins. Source: openapi core-v1, `WidgetConditionalFormat`. */
import { safeSrc } from '../../explorer/markdown';
import { bag, list, num, oneOf, text } from './json';

export interface Condition {
  comparator: '=' | '>' | '>=' | '<' | '<=';
  value: number;
  look: Look;
  hidesValue: boolean;
}

/** Values of CSS. */
export interface Look {
  background?: string;
  color?: string;
  /** An address of `https:`, `data:` or this server. */
  image?: string;
}

const COMPARATORS = ['=', '>', '>=', '<', '<='] as const;
const WHITE = 'var(--on-solid)';
const BLACK = 'var(--on-light)';

/** Each palette's background and text; the solid and light ones are the same in both themes. */
const LOOKS: Readonly<Record<string, Look>> = {
  white_on_red: { background: 'var(--solid-red)', color: WHITE },
  white_on_yellow: { background: 'var(--solid-yellow)', color: WHITE },
  white_on_green: { background: 'var(--solid-green)', color: WHITE },
  white_on_gray: { background: 'var(--solid-gray)', color: WHITE },
  black_on_light_red: { background: 'var(--light-red)', color: BLACK },
  black_on_light_yellow: { background: 'var(--light-yellow)', color: BLACK },
  black_on_light_green: { background: 'var(--light-green)', color: BLACK },
  red_on_white: { color: 'var(--alert)' },
  yellow_on_white: { color: 'var(--warn)' },
  green_on_white: { color: 'var(--ok)' },
  gray_on_white: { color: 'var(--nodata)' },
  red: { background: 'var(--solid-red)', color: WHITE },
  orange: { background: 'var(--solid-yellow)', color: WHITE },
  green: { background: 'var(--solid-green)', color: WHITE },
  blue: { background: 'var(--accent-fill)', color: WHITE },
  grey: { background: 'var(--solid-gray)', color: WHITE },
};

const COLOR = /^(#[0-9a-f]{3,8}|rgba?\([\d\s.,%/]+\)|[a-z]{3,20})$/i;

export function conditionsOf(value: unknown): Condition[] {
  return list(value).flatMap((one) => {
    const raw = bag(one);
    const comparator = oneOf(raw['comparator'], COMPARATORS);
    const limit = num(raw['value']);
    if (!comparator || limit === undefined) return [];
    return [{ comparator, value: limit, look: lookOf(raw), hidesValue: raw['hide_value'] === true }];
  });
}

/** The look of a palette's name with its own colours, also of text formats. */
export function lookOf(raw: Readonly<Record<string, unknown>>): Look {
  const color = (key: string) => {
    const written = text(raw[key])?.trim();
    return written && COLOR.test(written) ? written : undefined;
  };
  const [background, foreground] = [color('custom_bg_color'), color('custom_fg_color')];
  const palette = text(raw['palette']) ?? '';
  switch (palette) {
    case 'custom_bg':
      return background ? { background, color: foreground ?? readableOn(background) } : {};
    case 'custom_text':
      return foreground ? { color: foreground } : {};
    case 'custom_image': {
      const image = safeSrc(text(raw['image_url'])?.trim() ?? '');
      return image ? { image } : {};
    }
    default:
      return LOOKS[palette] ?? {};
  }
}

export function matching(conditions: readonly Condition[], value: number | null | undefined): Condition | undefined {
  if (value === null || value === undefined) return undefined;
  return conditions.find(({ comparator, value: limit }) => {
    switch (comparator) {
      case '=':
        return value === limit;
      case '>':
        return value > limit;
      case '>=':
        return value >= limit;
      case '<':
        return value < limit;
      case '<=':
        return value <= limit;
    }
  });
}

/** The luminance on which our black and white have the same contrast. */
const EQUAL = 0.199;

function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}

/** Black or white, whichever reads better on it. */
export function readableOn(color: string): string {
  const digits = /^#([0-9a-f]{3,8})$/i.exec(color)?.[1];
  if (!digits) return BLACK;
  const wide = digits.length < 6 ? [...digits].map((digit) => digit + digit).join('') : digits;
  const [red, green, blue] = [0, 2, 4].map((at) => linear(parseInt(wide.slice(at, at + 2), 16) / 255));
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0) > EQUAL ? BLACK : WHITE;
}
