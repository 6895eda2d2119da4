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
    const max = data.series.reduce((most, { values }) => values.reduce<number>((own, value) => Math.max(own, value ?? -Infinity), most), -Infinity);
    if (Number.isFinite(max)) shared.report(key, max);
  }, [shared?.report, key, data]);
  return shared?.max;
}
