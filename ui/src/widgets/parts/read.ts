/** Reads of definitions as they come: what has the wrong type counts as absent. */
export type Bag = Readonly<Record<string, unknown>>;

export const bag = (value: unknown): Bag => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Bag) : {});
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const texts = (value: unknown): string[] => list(value).filter((item): item is string => typeof item === 'string');
export const flag = (value: unknown, fallback = false): boolean => (typeof value === 'boolean' ? value : fallback);

/** Numbers count as text: `font_size` is `"14"` here and `14` there. */
export function text(value: unknown, fallback = ''): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : fallback;
}

/** Text counts as a number: `fill_min` is `"0"`. */
export function number(value: unknown): number | undefined {
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) ? read : undefined;
}

export const ALIGNS = ['left', 'center', 'right'] as const;
export const HEIGHTS = ['top', 'center', 'bottom'] as const;

export function oneOf<T extends string>(value: unknown, known: readonly T[], fallback: T): T {
  return known.find((word) => word === value) ?? fallback;
}
