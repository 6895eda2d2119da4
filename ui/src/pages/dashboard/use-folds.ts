/** Which groups are folded: the browser keeps it for each dashboard. */
import { useMemo } from 'react';

import { toggled } from '../../dashboards/DashboardView';
import { stored } from '../../util/storage';
import { useStored } from '../../util/use-stored';

export function useFolds(id: string): { folded: ReadonlySet<number>; toggle: (group: number) => void } {
  const item = useMemo(() => stored(`procyon.folds.${id}`, ''), [id]);
  const [text, setText] = useStored(item);
  return useMemo(() => {
    const folded: ReadonlySet<number> = new Set(text.split(',').map(Number).filter((one) => one > 0));
    return { folded, toggle: (group) => setText([...toggled(folded, group)].join(',')) };
    // The setter is the item's own.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [text, item]);
}
