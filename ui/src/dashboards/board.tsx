/**
 * What widgets and groups know of the dashboard around them. Pages, previews and public links give
 * one; without any there are no variables, and nothing can be changed.
 */
import { createContext, useContext } from 'react';

import type { MenuEntry } from '../components';
import type { Place } from './grid/layout';
import type { Widget } from './model';
import { NO_VARIABLES, type Variables } from './variables';

export type TileSize = 's' | 'm' | 'l' | 'xl';

/** Where something goes: into a group, or onto the dashboard itself. */
export interface Target {
  group?: number | undefined;
  place: Place;
}

/** What can be changed; absent while the dashboard is only read. */
export interface BoardEditing {
  /** With it go the others that are selected, when it is selected itself. */
  move: (id: number, target: Target) => void;
  toTab: (id: number, tab: string) => void;
  resize: (id: number, size: { width: number; height: number }) => void;
  /** A new widget, dropped from the tray. */
  add: (widget: Widget, target: Target) => void;
  remove: (id: number) => void;
  edit: (id: number) => void;
}

export interface Board {
  variables: Variables;
  dashboardId?: string;
  onFilter?: (tag: string, isOut: boolean) => void;
  /** Groups that are folded: nothing in them asks for data. */
  folded: ReadonlySet<number>;
  toggleFold: (id: number) => void;
  /** Wide enough for two halves beside each other. */
  isWide: boolean;
  /** Of widgets that flow without places of their own. */
  tileSize?: TileSize | undefined;
  /** Draws widgets that are not on the screen as well: for pictures. */
  eager?: boolean;
  editing?: BoardEditing | undefined;
  /** A widget in full screen. */
  open?: (id: number) => void;
  menuOf?: (id: number) => MenuEntry[];
  /** Opens a widget's editor, also while the dashboard is only looked at. */
  edit?: (id: number) => void;
  selected?: ReadonlySet<number>;
  select?: (id: number | undefined, more: boolean) => void;
  /** Those within a box that was drawn. */
  selectAll?: (ids: readonly number[]) => void;
}

const NOTHING: Board = { variables: NO_VARIABLES, folded: new Set(), toggleFold: () => {}, isWide: false };

export const BoardOf = createContext<Board>(NOTHING);

export function useBoard(): Board {
  return useContext(BoardOf);
}
