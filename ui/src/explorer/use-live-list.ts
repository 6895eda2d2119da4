/**
 * The newest of what a search finds in the page's time, up to a bound. While the time is live only
 * what is new is asked for and put in front of what is there; now and then all of it is asked anew,
 * because what comes late is stamped in the past.
 */
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import { useTime } from '../time/time-context';
import type { Range } from '../time/selection';

/** Items that a page holds; more are left out, which it says. */
export const ITEMS_MAX = 5000;
/** How far back what comes late is looked for. */
const OVERLAP_MS = 120_000;
const WHOLE_EVERY_MS = 60_000;

export interface FoundPage<Item> {
  /** Newest first. */
  items: Item[];
  /** Where the next page starts; none at the end. */
  after?: string | undefined;
}

export interface FoundList<Item> {
  items: Item[];
  range: Range;
  /** Whether there are older ones that were not fetched. */
  isCut: boolean;
  /** When all of it was asked for. */
  wholeAt: number;
}

export interface Source<Item> {
  /** Names the kind of thing and the search. */
  key: readonly string[];
  fetchPage: (range: Range, after: string | undefined, signal: AbortSignal) => Promise<FoundPage<Item>>;
  idOf: (item: Item) => string;
  timeOf: (item: Item) => number;
  enabled?: boolean;
}

export function useLiveList<Item>(source: Source<Item>) {
  const { range, live } = useTime();
  const client = useQueryClient();
  const width = range.to - range.from;
  const key = [...source.key, live ? `live ${width}` : `${range.from} ${range.to}`];
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const old = live ? client.getQueryData<FoundList<Item>>(key) : undefined;
      if (!old || Date.now() - old.wholeAt > WHOLE_EVERY_MS || range.to < old.range.to) {
        // The newest are shown while older ones are still fetched.
        return fetchAll(source, range, signal, (part) => !old && client.setQueryData(key, part));
      }
      const fresh = await fetchAll(source, { from: old.range.to - OVERLAP_MS, to: range.to }, signal);
      return fresh.isCut ? fetchAll(source, range, signal) : merged(source, old, fresh, range);
    },
    placeholderData: keepPreviousData,
    enabled: source.enabled ?? true,
    structuralSharing: false,
  });
  const { refetch } = query;
  const isOn = source.enabled ?? true;
  useEffect(() => {
    if (live && isOn) void refetch({ cancelRefetch: false });
  }, [live, isOn, range.to, refetch]);
  return query;
}

async function fetchAll<Item>(source: Source<Item>, range: Range, signal: AbortSignal, onPart?: (part: FoundList<Item>) => void): Promise<FoundList<Item>> {
  const wholeAt = Date.now();
  const items: Item[] = [];
  let after: string | undefined;
  do {
    const page = await source.fetchPage(range, after, signal);
    items.push(...page.items);
    after = page.after;
    if (after !== undefined && items.length < ITEMS_MAX) onPart?.({ items: [...items], range, isCut: true, wholeAt });
  } while (after !== undefined && items.length < ITEMS_MAX);
  return { items, range, isCut: after !== undefined, wholeAt };
}

export function merged<Item>(
  source: Pick<Source<Item>, 'idOf' | 'timeOf'>,
  old: FoundList<Item>,
  fresh: FoundList<Item>,
  range: Range,
): FoundList<Item> {
  const ids = new Set(fresh.items.map(source.idOf));
  const kept = old.items.filter((item) => !ids.has(source.idOf(item)));
  const inRange = [...fresh.items, ...kept].filter((item) => source.timeOf(item) >= range.from);
  const items = inRange.sort((a, b) => source.timeOf(b) - source.timeOf(a)).slice(0, ITEMS_MAX);
  const oldest = items.at(-1);
  // What was cut off leaves the range by itself in time.
  const isCut = inRange.length > ITEMS_MAX || (old.isCut && oldest !== undefined && source.timeOf(oldest) > range.from);
  return { items, range, isCut, wholeAt: old.wholeAt };
}
