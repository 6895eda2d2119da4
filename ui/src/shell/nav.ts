/** The rail: where one can go. */
import { Activity, Bell, Boxes, ChartLine, House, LayoutDashboard, MonitorSmartphone, Network, ScrollText, Settings, type LucideIcon } from 'lucide-react';

export interface NavEntry {
  label: string;
  to: string;
  icon: LucideIcon;
  /** `g` then this letter. */
  letter?: string;
  /** More pages under it, for palette and open rail. */
  pages?: { label: string; to: string; keywords?: string }[];
}

export const NAV: readonly NavEntry[] = [
  { label: 'Home', to: '/', icon: House, letter: 'h' },
  {
    label: 'Dashboards',
    to: '/dashboard/lists',
    icon: LayoutDashboard,
    letter: 'd',
    pages: [
      { label: 'All dashboards', to: '/dashboard/lists', keywords: 'list boards' },
      { label: 'System overview', to: '/dashboard/system', keywords: 'cpu memory disk load' },
    ],
  },
  { label: 'Monitors', to: '/monitors/manage', icon: Bell, letter: 'm' },
  {
    label: 'Metrics',
    to: '/metric/explorer',
    icon: ChartLine,
    letter: 'x',
    pages: [
      { label: 'Metrics explorer', to: '/metric/explorer', keywords: 'query graph' },
      { label: 'Metrics summary', to: '/metric/summary', keywords: 'metadata tags cardinality volume' },
    ],
  },
  {
    label: 'Infrastructure',
    to: '/infrastructure/map',
    icon: Boxes,
    letter: 'i',
    pages: [
      { label: 'Host map', to: '/infrastructure/map', keywords: 'hexagons' },
      { label: 'Host list', to: '/infrastructure', keywords: 'hosts' },
    ],
  },
  { label: 'APM', to: '/apm/home', icon: Network, letter: 'a' },
  { label: 'Logs', to: '/logs', icon: ScrollText, letter: 'l' },
  { label: 'RUM', to: '/rum/explorer', icon: MonitorSmartphone, letter: 'r' },
  { label: 'Events', to: '/event/explorer', icon: Activity, letter: 'e' },
  {
    label: 'Settings',
    to: '/organization-settings/api-keys',
    icon: Settings,
    letter: 's',
    pages: [
      { label: 'API keys', to: '/organization-settings/api-keys', keywords: 'keys secret' },
      { label: 'Application keys', to: '/organization-settings/application-keys', keywords: 'keys' },
      { label: 'Install an agent', to: '/account/settings/agent', keywords: 'agent setup integrations start' },
      { label: 'Why is nothing arriving?', to: '/account/settings/intake', keywords: 'refused rejected intake data missing' },
    ],
  },
];
