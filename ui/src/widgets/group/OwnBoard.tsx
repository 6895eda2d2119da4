import { useMemo, useState, type ReactNode } from 'react';

import { BoardOf, type Board } from '../../dashboards/board';
import { FrameOf } from '../../dashboards/grid/frame-context';
import { useWidget } from '../context';

/** The only group of its board; any number does. */
const FRAME = { id: -1, columns: 12 };
const FOLDED: ReadonlySet<number> = new Set([FRAME.id]);
const OPEN: ReadonlySet<number> = new Set();

/** A board for a group that no dashboard holds: nothing can be changed but whether it is folded. */
export function OwnBoard({ children }: { children: ReactNode }) {
  const { variables, dashboardId, onFilter, isEager } = useWidget();
  const [isFolded, setFolded] = useState(false);
  const board = useMemo<Board>(
    () => ({
      variables,
      folded: isFolded ? FOLDED : OPEN,
      toggleFold: () => setFolded(!isFolded),
      isWide: false,
      ...(isEager ? { eager: true } : {}),
      ...(dashboardId ? { dashboardId } : {}),
      ...(onFilter ? { onFilter } : {}),
    }),
    [variables, dashboardId, onFilter, isEager, isFolded],
  );
  return (
    <BoardOf value={board}>
      <FrameOf value={FRAME}>{children}</FrameOf>
    </BoardOf>
  );
}
