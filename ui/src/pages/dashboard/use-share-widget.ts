import { useCallback, useEffect, useRef } from 'react';

import { findWidget } from '../../dashboards/ids';
import { filledIn } from '../../dashboards/share/definition';
import { share } from '../../dashboards/share/open';
import type { DashboardStore } from '../../dashboards/store';
import type { Variables } from '../../dashboards/variables';
import type { Range } from '../../time/selection';
import { useTime } from '../../time/time-context';
import { ownRange } from '../../widgets/time';

/** Shares a widget as a picture of what it shows now. */
export function useShareWidget(store: DashboardStore, variables: Variables): (id: number) => void {
  const { range } = useTime();
  const latest = useRef({ range, variables });
  useEffect(() => {
    latest.current = { range, variables };
  });
  return useCallback(
    (id) => {
      const widget = findWidget(store.get().dashboard, id)?.widget;
      if (!widget) return;
      const shown = ownRange(widget.definition.time, latest.current.range);
      share({ kind: 'snapshot', definition: filledIn(widget.definition, latest.current.variables), range: shown, url: placeOf(id, shown) });
    },
    [store],
  );
}

/** The widget in full screen, at the time of the picture. */
function placeOf(id: number, { from, to }: Range): string {
  const url = new URL(window.location.href);
  for (const name of ['edit', 'tile_focus', 'selection']) url.searchParams.delete(name);
  for (const [name, value] of Object.entries({ fullscreen_widget: id, from_ts: Math.round(from), to_ts: Math.round(to), live: false })) url.searchParams.set(name, String(value));
  return url.pathname + url.search;
}
