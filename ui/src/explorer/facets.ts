/** Counts of values, and how many of what is listed fall into each slice of time. */
import { selectionOf } from './search';

/** Something by which a list can be narrowed: `source`, `host`, a tag's key. */
export interface Facet<Item> {
  /** As it stands in a search: `source`, `env`. */
  field: string;
  label: string;
  /** The item's values; none when it has no such field. */
  values: (item: Item) => readonly string[];
  /** Open before the person chose. */
  isOpen?: boolean;
}

export interface FacetCount {
  value: string;
  count: number;
}

/**
 * The counts of one facet's values among the items that the other facets' selections accept:
 * one's own selection does not hide its alternatives.
 */
export function countFacet<Item>(
  items: readonly Item[],
  facet: Facet<Item>,
  facets: readonly Facet<Item>[],
  search: string,
): FacetCount[] {
  const tests = facets.filter((other) => other.field !== facet.field).flatMap((other) => testOf(other, search));
  const counts = new Map<string, number>();
  for (const item of items) {
    if (!tests.every((test) => test(item))) continue;
    for (const value of facet.values(item)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const { only, not } = selectionOf(search, facet.field);
  // What is selected stays in sight though nothing has it.
  for (const value of [...only, ...not]) if (!counts.has(value)) counts.set(value, 0);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || a.value.localeCompare(b.value));
}

function testOf<Item>(facet: Facet<Item>, search: string): ((item: Item) => boolean)[] {
  const { only, not } = selectionOf(search, facet.field);
  if (only.length + not.length === 0) return [];
  return [
    (item) => {
      const values = facet.values(item);
      return (only.length === 0 || only.some((value) => values.includes(value))) && !not.some((value) => values.includes(value));
    },
  ];
}

/** The facets of the tags' keys, the most frequent first. */
export function tagFacets<Item>(
  items: readonly Item[],
  tagsOf: (item: Item) => readonly string[],
  max: number,
): Facet<Item>[] {
  const counts = new Map<string, number>();
  for (const item of items) {
    for (const key of byKey(tagsOf(item)).keys()) if (key !== '') counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const keys = [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).slice(0, max);
  return keys.map(([key]) => ({
    field: key,
    label: key,
    values: (item) => byKey(tagsOf(item)).get(key) ?? NO_VALUES,
  }));
}

const NO_VALUES: readonly string[] = [];
const taken = new WeakMap<readonly string[], Map<string, string[]>>();

/** The tags' values by key, taken apart once for each list: every facet asks for them. */
function byKey(tags: readonly string[]): Map<string, string[]> {
  let keys = taken.get(tags);
  if (!keys) {
    keys = new Map();
    for (const tag of tags) {
      const [key, value] = splitTag(tag);
      const values = keys.get(key);
      if (values) values.push(value);
      else keys.set(key, [value]);
    }
    taken.set(tags, keys);
  }
  return keys;
}

/** `['env', 'prod']`; the key of a bare tag is empty. */
export function splitTag(tag: string): [string, string] {
  const at = tag.indexOf(':');
  return at < 0 ? ['', tag] : [tag.slice(0, at), tag.slice(at + 1)];
}

export interface Slices {
  /** Unix milliseconds of the first slice's start; a multiple of `step`. */
  start: number;
  /** Milliseconds. */
  step: number;
  count: number;
}

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800];
const YEAR_S = 31_536_000;

/** Even slices over a range, at most `max` of them. */
export function slicesOf(from: number, to: number, max: number): Slices {
  const width = Math.max(1000, to - from);
  const fits = (seconds: number) => width / (seconds * 1000) <= max - 1;
  const step = (STEPS_S.find(fits) ?? Math.ceil(width / (max - 1) / (YEAR_S * 1000)) * YEAR_S) * 1000;
  const start = Math.floor(from / step) * step;
  return { start, step, count: Math.max(1, Math.ceil((to - start) / step)) };
}

/** For each state, how many items fall into each slice. */
export function histogram<Item>(
  items: readonly Item[],
  slices: Slices,
  timeOf: (item: Item) => number,
  stateOf: (item: Item) => string,
): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  for (const item of items) {
    const at = Math.floor((timeOf(item) - slices.start) / slices.step);
    if (at < 0 || at >= slices.count) continue;
    let row = rows.get(stateOf(item));
    if (!row) {
      row = new Array<number>(slices.count).fill(0);
      rows.set(stateOf(item), row);
    }
    row[at] = (row[at] ?? 0) + 1;
  }
  return rows;
}
