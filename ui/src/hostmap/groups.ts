/** Hosts put together by one or two tags. */
import type { MapHost } from './types';

export interface Group {
  /** The tag's value; empty when nothing divides. */
  name: string;
  /** Places in the list of hosts. */
  members: number[];
}

export interface Section {
  name: string;
  groups: Group[];
  count: number;
}

/** What hosts without the tag are put under. */
export function noTag(key: string): string {
  return `no ${key}`;
}

/** A host with several values of a tag stands in the group of each. */
export function groupHosts(hosts: readonly MapHost[], keys: readonly string[]): Section[] {
  const all = hosts.map((_, index) => index);
  const [first, second] = keys;
  const outer = first === undefined ? [{ name: '', members: all }] : divide(hosts, all, first);
  return outer.map(({ name, members }) => {
    const groups = second === undefined ? [{ name: '', members }] : divide(hosts, members, second);
    return { name, groups, count: members.length };
  });
}

function divide(hosts: readonly MapHost[], members: readonly number[], key: string): Group[] {
  const byValue = new Map<string, number[]>();
  const without: number[] = [];
  for (const index of members) {
    const values = hosts[index]?.tags.get(key);
    if (!values || values.length === 0) without.push(index);
    for (const value of values ?? []) {
      const known = byValue.get(value);
      if (known) known.push(index);
      else byValue.set(value, [index]);
    }
  }
  const groups = [...byValue].map(([name, group]) => ({ name, members: group }));
  groups.sort((a, b) => b.members.length - a.members.length || compareNames(a.name, b.name));
  if (without.length > 0) groups.push({ name: noTag(key), members: without });
  return groups;
}

const collator = new Intl.Collator('en', { numeric: true });

/** `web-2` before `web-10`. */
export function compareNames(a: string, b: string): number {
  return collator.compare(a, b);
}
