import type { ReactNode } from 'react';

/** Something that a person can do. One object feeds menu, palette, keys and help. */
export interface Action {
  /** Unique; a later one of the same id stands for the earlier while it is there. */
  id: string;
  label: string;
  /** The heading in help and palette. */
  group: string;
  /** More words that find it. */
  keywords?: string;
  /** `?`, `[`, `Ctrl+K`, or a sequence: `g m`. */
  shortcut?: string;
  /** More shortcuts that do the same, not listed in help. */
  aliases?: string[];
  icon?: ReactNode;
  /** Whether it can be done now. */
  when?: () => boolean;
  run: () => void;
}

export function canRun(action: Action): boolean {
  return action.when?.() ?? true;
}
