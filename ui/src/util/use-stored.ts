import { useSyncExternalStore } from 'react';

import type { Stored } from './storage';

export function useStored(item: Stored): [string, (value: string) => void] {
  return [useSyncExternalStore(item.subscribe, item.get), item.set];
}
