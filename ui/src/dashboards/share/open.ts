/** Opens the dialogs of sharing from anywhere: a widget's menu, a graph's export menu, a dashboard. */
import { useSyncExternalStore } from 'react';

import type { Range } from '../../time/selection';
import type { Dashboard, WidgetDefinition } from '../model';

export type Shared =
  /** A picture of a graph. The definition is whole: no variables in it. */
  | { kind: 'snapshot'; definition: WidgetDefinition; range: Range; url: string }
  /** A widget that shall be on a dashboard. */
  | { kind: 'export'; definition: WidgetDefinition; size?: { width: number; height: number } | undefined; from?: string | undefined }
  | { kind: 'public'; dashboard: Dashboard };

let open: Shared | null = null;
const listeners = new Set<() => void>();

export function share(what: Shared | null): void {
  open = what;
  for (const listener of listeners) listener();
}

export function useShared(): Shared | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => open,
  );
}
