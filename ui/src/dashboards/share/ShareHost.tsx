import { lazy, Suspense } from 'react';

import { share, useShared } from './open';

const SnapshotDialog = lazy(() => import('./SnapshotDialog'));
const AddToDashboardDialog = lazy(() => import('./AddToDashboardDialog'));
const PublicDialog = lazy(() => import('./PublicDialog'));

/** Where the dialogs of sharing appear; once, by the shell. */
export function ShareHost() {
  const shared = useShared();
  if (!shared) return null;
  const close = () => share(null);
  return (
    <Suspense fallback={null}>
      {shared.kind === 'snapshot' && <SnapshotDialog {...shared} onClose={close} />}
      {shared.kind === 'export' && <AddToDashboardDialog {...shared} onClose={close} />}
      {shared.kind === 'public' && <PublicDialog dashboard={shared.dashboard} onClose={close} />}
    </Suspense>
  );
}
