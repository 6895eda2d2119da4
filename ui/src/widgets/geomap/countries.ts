/** Values by country, of the groups of an answer. */
import type { ScalarRow } from '../../api/scalar';
import type { World } from './focus';

export interface CountryValues {
  /** By two-letter code. */
  values: ReadonlyMap<string, number>;
  /** The group's tag that named it, also by code. */
  tags: ReadonlyMap<string, string>;
  /** Groups that are no country of the map. */
  unknown: number;
}

/** The first tag that is a country counts; values of one country add up. */
export function countryValues(rows: readonly ScalarRow[], world: World): CountryValues {
  const values = new Map<string, number>();
  const named = new Map<string, string>();
  let unknown = 0;
  for (const { tags, values: row } of rows) {
    const value = row[0];
    if (typeof value !== 'number') continue;
    const tag = tags.find((one) => Object.hasOwn(world.shapes, codeOf(one)) || Object.hasOwn(world.points, codeOf(one)));
    if (tag === undefined) {
      unknown += 1;
      continue;
    }
    const code = codeOf(tag);
    values.set(code, (values.get(code) ?? 0) + value);
    if (!named.has(code)) named.set(code, tag);
  }
  return { values, tags: named, unknown };
}

/** `country_iso_code:de` is `DE`; `US-CA`, a part of a country, counts for it. */
function codeOf(tag: string): string {
  const value = tag.slice(tag.indexOf(':') + 1).toUpperCase();
  return /^[A-Z]{2}-[A-Z\d]{1,3}$/.test(value) ? value.slice(0, 2) : value;
}

const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' });

export function countryName(code: string): string {
  return names.of(code) ?? code;
}
