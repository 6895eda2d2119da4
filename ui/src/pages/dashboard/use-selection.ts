import { useMemo, useState } from 'react';

import { toggled } from '../../dashboards/DashboardView';

export interface Selection {
  ids: ReadonlySet<number>;
  select: (id: number | undefined, more: boolean) => void;
  clear: () => void;
}

const NOTHING: ReadonlySet<number> = new Set();

/** The widgets that are selected: for copy, delete and group. */
export function useSelection(): Selection {
  const [ids, setIds] = useState(NOTHING);
  return useMemo(
    () => ({
      ids,
      select: (id, more) => setIds((old) => (id === undefined ? NOTHING : more ? toggled(old, id) : old.size === 1 && old.has(id) ? old : new Set([id]))),
      clear: () => setIds(NOTHING),
    }),
    [ids],
  );
}
