/**
 * The filter of hosts: words that all must fit. `env:prod`, `role:web*`, `-team:a`, or any part of
 * a name, app or tag. Commas may stand for spaces, as in Datadog's addresses.
 */
interface Filtered {
  name: string;
  aliases?: readonly string[];
  apps?: readonly string[];
  tagList: readonly string[];
  tags: ReadonlyMap<string, readonly string[]>;
}

export interface Word {
  text: string;
  isOut: boolean;
}

const WORDS_MAX = 50;

export function words(filter: string): Word[] {
  const texts = filter.split(/[\s,]+/).filter((text) => text !== '' && text !== '-' && text !== '!');
  return texts.slice(0, WORDS_MAX).map((text) => {
    const isOut = text.startsWith('-') || text.startsWith('!');
    return { text: isOut ? text.slice(1) : text, isOut };
  });
}

function pattern(text: string): (value: string) => boolean {
  const wanted = text.toLowerCase();
  if (!wanted.includes('*')) return (value) => value.toLowerCase() === wanted;
  const source = wanted.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const regex = new RegExp(`^${source.join('.*')}$`);
  return (value) => regex.test(value.toLowerCase());
}

function test({ text, isOut }: Word): (host: Filtered) => boolean {
  const colon = text.indexOf(':');
  const fits = colon > 0 ? tagTest(text.slice(0, colon).toLowerCase(), text.slice(colon + 1)) : textTest(text);
  return isOut ? (host) => !fits(host) : fits;
}

function tagTest(key: string, value: string): (host: Filtered) => boolean {
  const fits = pattern(value === '' ? '*' : value);
  if (key === 'host') return (host) => fits(host.name) || (host.aliases ?? []).some(fits);
  return (host) => (host.tags.get(key) ?? []).some(fits);
}

function textTest(text: string): (host: Filtered) => boolean {
  const wanted = text.toLowerCase();
  const holds = (value: string) => value.toLowerCase().includes(wanted);
  const fits = text.includes('*') ? pattern(`*${text}*`) : holds;
  return (host) => fits(host.name) || (host.apps ?? []).some(fits) || (host.aliases ?? []).some(fits) || host.tagList.some(fits);
}

export function hostFilter(filter: string): (host: Filtered) => boolean {
  const tests = words(filter).map(test);
  return (host) => tests.every((fits) => fits(host));
}

/** The filter with a word more; its opposite goes, and so does it when it is there already. */
export function withWord(filter: string, text: string, isOut: boolean): string {
  const known = words(filter);
  const kept = known.filter((word) => word.text !== text);
  const wasThere = known.some((word) => word.text === text && word.isOut === isOut);
  const all = wasThere ? kept : [...kept, { text, isOut }];
  return all.map((word) => (word.isOut ? `-${word.text}` : word.text)).join(' ');
}

/** Tags and how many hosts have each, most first. */
export function tagCounts(hosts: readonly Filtered[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const host of hosts) for (const tag of host.tagList) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return new Map([...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])));
}

export interface KeyCount {
  key: string;
  hosts: number;
  values: number;
}

/** Keys that can group: how many hosts have each, and how many values there are. */
export function keyCounts(hosts: readonly Filtered[]): KeyCount[] {
  const found = new Map<string, { hosts: number; values: Set<string> }>();
  for (const host of hosts) {
    for (const [key, values] of host.tags) {
      let entry = found.get(key);
      if (!entry) found.set(key, (entry = { hosts: 0, values: new Set() }));
      entry.hosts += 1;
      for (const value of values) entry.values.add(value);
    }
  }
  const keys = [...found].map(([key, entry]) => ({ key, hosts: entry.hosts, values: entry.values.size }));
  return keys.sort((a, b) => b.hosts - a.hosts || a.values - b.values || a.key.localeCompare(b.key));
}
