/** What is in which list, and what fits a search. */
import type { Summary } from '../../dashboards/api';

/** Newest first. */
export const SORT_FIRST = '-modified';

/** The lists that are always there. */
export const FIXED = ['all', 'starred', 'mine', 'shared', 'preset'] as const;

export function inList(row: Summary, list: string, handle: string): boolean {
  switch (list) {
    case 'starred':
      return row.starred === true;
    case 'mine':
      return row.author?.handle === handle && row.is_built_in !== true;
    case 'shared':
      return row.is_shared === true;
    case 'preset':
      return row.is_built_in === true;
    default:
      return true;
  }
}

export function countsOf(rows: readonly Summary[], handle: string): Record<string, number> {
  return Object.fromEntries(FIXED.map((list) => [list, rows.filter((row) => inList(row, list, handle)).length]));
}

/** Every word is somewhere in it; `author:`, `tag:` and `team:` say where. */
export function fits(row: Summary, search: string): boolean {
  const tags = (row.tags ?? []).join(' ').toLowerCase();
  const author = `${row.author?.name ?? ''} ${row.author?.handle ?? ''}`.toLowerCase();
  const all = `${row.title} ${row.description ?? ''} ${row.id} ${tags} ${author}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => {
      if (word.startsWith('author:')) return author.includes(word.slice(7));
      if (word.startsWith('tag:')) return tags.includes(word.slice(4));
      return all.includes(word);
    });
}
