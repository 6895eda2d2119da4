import { lazy, Suspense } from 'react';

import type { HostPanelProps } from './HostPanel';

/** Charts come along with it: they are loaded when it is first opened. */
const HostPanel = lazy(() => import('./HostPanel').then((module) => ({ default: module.HostPanel })));

export function LazyHostPanel(props: HostPanelProps) {
  return (
    <Suspense fallback={null}>
      <HostPanel {...props} />
    </Suspense>
  );
}
