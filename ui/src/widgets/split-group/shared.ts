/** The graphs of one split reach equally far, when the definition wants that. */
import { createContext, useContext, useEffect } from 'react';

import type { ChartData } from '../../charts';

export interface SharedAxis {
  max: number | undefined;
  report: (key: string, max: number) => void;
}

export const SharedAxisOf = createContext<SharedAxis | null>(null);

/** How far this graph's axis must reach for the others' sake. */
export function useSharedMax(key: string, data: ChartData): number | undefined {
  const shared = useContext(SharedAxisOf);
  useEffect(() => {
    if (!shared) return;
    const max = highest(data);
    if (Number.isFinite(max)) shared.report(key, max);
  }, [shared?.report, key, data]);
  return shared?.max;
}

/** Of the lines, and of what stands on each other. */
export function highest({ times, series }: ChartData): number {
  const sums = times.map(() => 0);
  let max = -Infinity;
  for (const { values, kind } of series) {
    const isStacked = kind === 'area' || kind === 'bars';
    for (const [at, value] of values.entries()) {
      if (value === null) continue;
      sums[at] = (sums[at] ?? 0) + (isStacked ? value : 0);
      max = Math.max(max, isStacked ? (sums[at] ?? 0) : value);
    }
  }
  return max;
}
