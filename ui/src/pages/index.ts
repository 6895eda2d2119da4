/**
 * Every page: its path and where its code is. Each is a chunk of its own, loaded when it is opened.
 * A page's file exports its component as default; `$name` in a path is `useParams` of the router.
 */
import { lazyRouteComponent } from '@tanstack/react-router';

import { preloadDashboard } from '../dashboards/preload';

type Loader = Parameters<typeof lazyRouteComponent>[0];

const dashboard: Loader = () => {
  preloadDashboard();
  return import('./dashboard/DashboardPage');
};

export const PAGES: readonly { path: string; load: Loader }[] = [
  { path: '/', load: () => import('./home/Home') },
  { path: '/metric/explorer', load: () => import('./metric-explorer/MetricExplorer') },
  { path: '/event/explorer', load: () => import('./events/Events') },
  { path: '/event/event', load: () => import('./events/EventLink') },
  { path: '/organization-settings/api-keys', load: () => import('./keys/ApiKeys') },
  { path: '/organization-settings/application-keys', load: () => import('./keys/ApplicationKeys') },
  { path: '/infrastructure', load: () => import('./infrastructure/list/HostList') },
  { path: '/infrastructure/map', load: () => import('./infrastructure/map/HostMapPage') },
  { path: '/infrastructure/host/$name', load: () => import('./infrastructure/host/HostPage') },
  { path: '/account/settings/agent', load: () => import('./install/Install') },
  { path: '/install', load: () => import('./install/Install') },
  { path: '/account/settings/intake', load: () => import('./intake/Intake') },
  { path: '/intake', load: () => import('./intake/IntakeMoved') },
  { path: '/dash/system', load: () => import('./dashboard/SystemMoved') },
  { path: '/metric/summary', load: () => import('./metrics-summary/MetricsSummary') },
  { path: '/dashboard', load: () => import('./dashboard-list/DashboardList') },
  { path: '/dashboard/lists', load: () => import('./dashboard-list/DashboardList') },
  { path: '/dashboard/$id/{-$slug}', load: dashboard },
  // What later versions bring; the rail leads there already.
  { path: '/monitors/$', load: () => import('./later/Later') },
  { path: '/apm/$', load: () => import('./later/Later') },
  { path: '/logs', load: () => import('./later/Later') },
  { path: '/rum/$', load: () => import('./later/Later') },
];
