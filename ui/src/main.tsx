import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './tokens.css';
import './base.css';

import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { queryClient } from './api';
import { csrfToken, onSessionEnd, pageInfo } from './api/session';
import { router } from './router';
import { cspNonce } from './util/csp';

// For what Radix writes as <style>.
setNonce(cspNonce());

onSessionEnd(() => {
  const { pathname, searchStr } = router.state.location;
  if (pathname === '/signin' || /^\/(public|embed|join)\//.test(pathname)) return;
  queryClient.clear();
  void router.navigate({ to: '/signin' as never, search: { next: pathname + searchStr } as never, replace: true });
});

// Every page waits for it: it need not wait for their code.
if (csrfToken() !== '') void queryClient.prefetchQuery({ queryKey: ['page'], queryFn: pageInfo });

const place = document.getElementById('root');
if (!place) throw new Error('BUG: index.html has no #root');
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
