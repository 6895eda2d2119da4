/** The widgets of a dashboard, as it lays them out. Read only, unless `editing` says how to change it. */
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';

import { useSize } from '../hostmap/use-size';
import { followersOf } from './block';
import { BoardOf, type Board } from './board';
import { FreeGrid } from './free/FreeGrid';
import { BoxSelect } from './grid/BoxSelect';
import { createDrag, DragOf } from './grid/drag';
import { RootGrid } from './grid/WidgetGrid';
import type { Dashboard } from './model';

interface Props extends Partial<Omit<Board, 'variables' | 'isWide'>> {
  dashboard: Dashboard;
  variables: Board['variables'];
  /** Shown when there is no widget. */
  empty?: ReactNode;
  className?: string | undefined;
  /** Within the same drag: the tray. */
  children?: ReactNode;
}

/** From here on there is room for two halves. */
const WIDE_PX = 1800;
const NOTHING: ReadonlySet<number> = new Set();

export function DashboardView({ dashboard, empty, className, children, variables, dashboardId, onFilter, folded, toggleFold, eager, editing, open, menuOf, edit, selected, select, selectAll, tileSize }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const isWide = (useSize(place)?.width ?? window.innerWidth) >= WIDE_PX;
  const [own, setOwn] = useState(NOTHING);
  const board = useMemo<Board>(
    () => ({
      variables,
      isWide,
      folded: folded ?? own,
      toggleFold: toggleFold ?? ((id) => setOwn((old) => toggled(old, id))),
      ...(dashboardId === undefined ? {} : { dashboardId }),
      ...(onFilter ? { onFilter } : {}),
      ...(eager ? { eager } : {}),
      ...(editing ? { editing } : {}),
      ...(open ? { open } : {}),
      ...(menuOf ? { menuOf } : {}),
      ...(edit ? { edit } : {}),
      ...(selected ? { selected } : {}),
      ...(select ? { select } : {}),
      ...(selectAll ? { selectAll } : {}),
      ...(tileSize ? { tileSize } : {}),
    }),
    [own, isWide, variables, dashboardId, onFilter, folded, toggleFold, eager, editing, open, menuOf, edit, selected, select, selectAll, tileSize],
  );
  const latest = useRef({ editing, dashboard, selected });
  useEffect(() => {
    latest.current = { editing, dashboard, selected };
  });
  const drag = useMemo(
    () =>
      createDrag(
        () => latest.current.editing,
        (id) => followersOf(latest.current.dashboard, id, latest.current.selected ?? NOTHING),
      ),
    [],
  );
  const isFree = dashboard.layout_type === 'free';
  return (
    <BoardOf value={board}>
      <DragOf value={drag}>
        <div ref={place} className={className} data-board="" data-scroller={className === undefined ? undefined : ''}>
          {dashboard.widgets.length === 0 && empty}
          {editing && selectAll && <BoxSelect place={place} selected={selected ?? NOTHING} onSelect={selectAll} />}
          {isFree ? <FreeGrid widgets={dashboard.widgets} /> : <RootGrid widgets={dashboard.widgets} />}
        </div>
        {children}
      </DragOf>
    </BoardOf>
  );
}

export function toggled(set: ReadonlySet<number>, id: number): ReadonlySet<number> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}
