import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Link, Outlet } from '@tanstack/react-router';

import { EmptyState } from './components';
import { PAGES } from './pages';
import { Page } from './shell';
import { PageBroke, Shell } from './shell/Shell';
import { parseSearch, stringifySearch } from './util/url-state';

const root = createRootRoute({ component: Outlet });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/signin',
  component: lazyRouteComponent(() => import('./pages/sign-in/SignIn')),
});

const join = createRoute({
  getParentRoute: () => root,
  path: '/join/$token',
  component: lazyRouteComponent(() => import('./pages/join/Join')),
});

/** Shared dashboards, also those in frames of other sites: no session, and nothing of the page around them. */
const shared = ['/public/$token', '/embed/$token'].map((path) =>
  createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent(() => import('./pages/public/PublicDashboard')),
  }),
);

const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell });

const pages = PAGES.map(({ path, load }) =>
  createRoute({ getParentRoute: () => shell, path, component: lazyRouteComponent(load), errorComponent: PageBroke }),
);

const nowhere = createRoute({
  getParentRoute: () => shell,
  path: '/$',
  component: () => (
    <Page title="Not found">
      <EmptyState title="There is no such page" actions={<Link to="/">Go home</Link>}>
        The address may be mistyped, or of a newer version.
      </EmptyState>
    </Page>
  ),
});

export const router = createRouter({
  routeTree: root.addChildren([signIn, join, ...shared, shell.addChildren([...pages, nowhere])]),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  scrollRestoration: false,
  // An address that cannot even be decoded: no page's frame stands around this.
  defaultNotFoundComponent: () => (
    <main>
      <EmptyState title="This address cannot be read" actions={<Link to="/">Go home</Link>}>
        It may have been cut off where it was copied from.
      </EmptyState>
    </main>
  ),
});
