/** The store of the dashboard that is open, for as long as it is. */
import { useEffect, useState, useSyncExternalStore } from 'react';

import { queryClient } from '../api';
import { loadDashboard, saveDashboard } from './api';
import type { Dashboard } from './model';
import { contentOf, createStore, type DashboardState, type DashboardStore } from './store';

export function useDashboardStore(loaded: Dashboard): [DashboardStore, DashboardState] {
  const [store] = useState(() =>
    createStore(loaded, {
      load: () => loadDashboard(loaded.id),
      save: async (dashboard) => {
        const saved = await saveDashboard(loaded.id, contentOf(dashboard));
        queryClient.setQueryData(['dashboard', loaded.id], saved);
        void queryClient.invalidateQueries({ queryKey: ['dashboards'] });
        return saved;
      },
    }),
  );
  useEffect(() => store.adopt(loaded), [store, loaded]);
  useEffect(() => {
    const onLeave = (event: BeforeUnloadEvent) => {
      if (store.get().status !== 'saved') event.preventDefault();
    };
    window.addEventListener('beforeunload', onLeave);
    return () => {
      window.removeEventListener('beforeunload', onLeave);
      store.dispose();
    };
  }, [store]);
  return [store, useSyncExternalStore(store.subscribe, store.get)];
}
