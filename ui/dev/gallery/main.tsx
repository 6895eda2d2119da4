/** Every kind of widget with made-up data: `npm run dev`, then /dev/gallery/?theme=light&set=graphs. Not shipped. */
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '../../src/tokens.css';
import '../../src/base.css';

import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';

import { queryClient } from '../../src/api';
import { TooltipProvider } from '../../src/components/Tooltip';
import type { WidgetDefinition } from '../../src/dashboards/model';
import type { Variables } from '../../src/dashboards/variables';
import { TimeProvider } from '../../src/time/time-context';
import { parseSearch, stringifySearch } from '../../src/util/url-state';
import { WidgetView } from '../../src/widgets';
import { SETS } from './widgets';

const search = new URLSearchParams(location.search);
document.documentElement.dataset['theme'] = search.get('theme') ?? 'dark';

const variables: Variables = { declared: [{ name: 'env', prefix: 'env', default: '*' }, { name: 'service', prefix: 'service', defaults: ['checkout', 'search'] }], values: {} };

function Gallery() {
  // A script that drives the browser may bring definitions of its own.
  const brought = (window as { galleryWidgets?: (typeof SETS)[string] }).galleryWidgets;
  const widgets = brought ?? SETS[search.get('set') ?? 'graphs'] ?? [];
  return (
    <TimeProvider>
      <TooltipProvider>
        <main style={{ display: 'grid', gridTemplateColumns: 'repeat(12, 1fr)', gridAutoRows: 100, gap: 8, padding: 8, background: 'var(--bg-raised)', minHeight: '100vh' }}>
          {widgets.map(({ width, height, ...definition }, at) => (
            <div key={at} style={{ gridColumn: `span ${width}`, gridRow: `span ${height}`, background: 'var(--bg)', border: '1px solid var(--line)', borderRadius: 6, overflow: 'hidden', minWidth: 0 }}>
              <WidgetView definition={definition as unknown as WidgetDefinition} variables={variables} eager onFilter={(tag, isOut) => console.info(tag, isOut)} />
            </div>
          ))}
        </main>
      </TooltipProvider>
    </TimeProvider>
  );
}

const root = createRootRoute({});
const home = createRoute({ getParentRoute: () => root, path: '/', component: Gallery });
const router = createRouter({ routeTree: root.addChildren([home]), history: createMemoryHistory({ initialEntries: [`/?${search.get('time') ?? ''}`] }), parseSearch, stringifySearch });
const place = document.getElementById('root');
if (place) {
  createRoot(place).render(
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  );
}
