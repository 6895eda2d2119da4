/** Results of service checks, as the API tells them and as pages show them. */

export interface ServiceCheck {
  check: string;
  status: string;
  /** A list, or one text with commas. */
  tags: string[] | string | null;
  message: string;
  /** Unix seconds. */
  time: number;
}

/** Results of one check that say the same, as one. */
export interface CheckLine {
  check: string;
  status: string;
  message: string;
  /** Each tag once. */
  tags: string[];
  /** How many results. */
  count: number;
  /** Unix seconds, of the newest. */
  time: number;
}

/** What needs a look comes first. */
const ORDER = ['critical', 'warning', 'unknown', 'ok'];

export function checkLines(results: readonly ServiceCheck[], host: string): CheckLine[] {
  const lines = new Map<string, CheckLine>();
  for (const { check, status, message, tags, time } of results) {
    const key = JSON.stringify([check, status, message]);
    const line = lines.get(key) ?? { check, status, message, tags: [], count: 0, time: 0 };
    for (const tag of tagsOf(tags)) if (tag !== `host:${host}` && !line.tags.includes(tag)) line.tags.push(tag);
    line.count += 1;
    line.time = Math.max(line.time, time);
    lines.set(key, line);
  }
  return [...lines.values()].sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || a.check.localeCompare(b.check));
}

function tagsOf(tags: ServiceCheck['tags']): string[] {
  return Array.isArray(tags) ? tags : (tags ?? '').split(',').filter((tag) => tag !== '');
}
