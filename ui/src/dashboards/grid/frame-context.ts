/** What a widget's view can know of where it stands. */
import { createContext, useContext } from 'react';

import { useBoard } from '../board';

export interface FramePlace {
  id: number | undefined;
  /** Columns that a group in this place has. */
  columns: number;
}

export const FrameOf = createContext<FramePlace>({ id: undefined, columns: 12 });

export function useFrame(): FramePlace {
  return useContext(FrameOf);
}

/** Whether the group that is drawn here is folded, and how to change it. */
export function useFold(): { isFolded: boolean; toggle: () => void } {
  const { id } = useFrame();
  const { folded, toggleFold } = useBoard();
  return { isFolded: id !== undefined && folded.has(id), toggle: () => id !== undefined && toggleFold(id) };
}
