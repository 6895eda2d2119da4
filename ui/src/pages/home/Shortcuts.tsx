import { Link } from '@tanstack/react-router';
import { Activity, ChartLine, Hexagon, LayoutDashboard, List, PackagePlus, type LucideIcon } from 'lucide-react';

import styles from './home.module.css';

const LINKS: [label: string, text: string, to: string, icon: LucideIcon][] = [
  ['Metrics explorer', 'Graph any metric', '/metric/explorer', ChartLine],
  ['Dashboards', 'All of them, and the presets', '/dashboard/lists', LayoutDashboard],
  ['Host map', 'All hosts by a metric', '/infrastructure/map', Hexagon],
  ['Host list', 'All hosts as a table', '/infrastructure', List],
  ['Events', 'What happened', '/event/explorer', Activity],
  ['Install an agent', 'On one more host', '/account/settings/agent', PackagePlus],
];

/** Where one goes from here. */
export function Shortcuts() {
  return (
    <section className={styles.part} aria-labelledby="home-links">
      <h2 id="home-links" className={styles.heading}>
        Go to
      </h2>
      <ul className={styles.links}>
        {LINKS.map(([label, text, to, Icon]) => (
          <li key={to}>
            <Link to={to as never} className={styles.link}>
              <Icon aria-hidden />
              <span>
                {label}
                <small>{text}</small>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
