/**
 * What the page around a group decides: whether it is folded, since what stands below moves up
 * then, and what draws its widgets, since they can be moved there. Without a page, as in previews
 * and pictures, the group does both by itself.
 */
import { createContext, type ReactNode } from 'react';

export interface GroupSeam {
  isFolded: boolean;
  onFold: () => void;
  /** In place of the group's own grid. */
  children?: ReactNode;
}

export const GroupSeamOf = createContext<GroupSeam | undefined>(undefined);
