import { useMemo, useState } from 'react';

import { toggled } from '../../dashboards/DashboardView';
import { allWidgets } from '../../dashboards/ids';
import type { Dashboard } from '../../dashboards/model';

export interface Selection {
  ids: ReadonlySet<number>;
  select: (id: number | undefined, more: boolean) => void;
  selectAll: (ids: readonly number[]) => void;
  clear: () => void;
}

const NOTHING: ReadonlySet<number> = new Set();

/** The widgets that are selected, of those that are shown: to move, copy, delete and group them. */
export function useSelection(shown: Dashboard): Selection {
  const [ids, setIds] = useState(NOTHING);
  const there = useMemo(() => new Set(allWidgets(shown).map(({ widget }) => widget.id)), [shown]);
  const alive = useMemo(() => ([...ids].every((id) => there.has(id)) ? ids : new Set([...ids].filter((id) => there.has(id)))), [ids, there]);
  return useMemo(
    () => ({
      ids: alive,
      select: (id, more) => setIds((old) => (id === undefined ? NOTHING : more ? toggled(old, id) : old.size === 1 && old.has(id) ? old : new Set([id]))),
      selectAll: (list) => setIds((old) => (list.length === 0 && old.size === 0 ? old : new Set(list))),
      clear: () => setIds(NOTHING),
    }),
    [alive],
  );
}
