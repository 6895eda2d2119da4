/** Reads definitions as they come: keys may lack, be null, or hold something of another kind. */
export type Bag = Readonly<Record<string, unknown>>;

export function bag(value: unknown): Bag {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Bag) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

/** Numbers, also those that are written as text; `auto` and the like are none. */
export function num(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
}

/** The value if it is one of the words. */
export function oneOf<T extends string>(value: unknown, words: readonly T[]): T | undefined {
  return words.find((word) => word === value);
}

/** Requests stand in a list; of some kinds under names, and in broken ones alone. */
export function requestsOf(definition: Bag): readonly Bag[] {
  const { requests } = definition;
  return Array.isArray(requests) ? requests.map(bag) : Object.values(bag(requests)).map(bag);
}
