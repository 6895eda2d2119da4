/** Values by country, of the groups of an answer. */
import type { ScalarRow } from '../../api/scalar';
import type { World } from './focus';

export interface CountryValues {
  /** By two-letter code. */
  values: ReadonlyMap<string, number>;
  /** Groups that are no country of the map. */
  unknown: number;
}

/** The first tag that is a country counts; values of one country add up. */
export function countryValues(rows: readonly ScalarRow[], world: World): CountryValues {
  const values = new Map<string, number>();
  let unknown = 0;
  for (const { tags, values: row } of rows) {
    const value = row[0];
    if (typeof value !== 'number') continue;
    const code = tags.map(codeOf).find((candidate) => candidate in world.shapes || candidate in world.points);
    if (code === undefined) unknown += 1;
    else values.set(code, (values.get(code) ?? 0) + value);
  }
  return { values, unknown };
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
