import { ChevronsLeft, ChevronsRight, CircleUser, Contrast, LogOut, Search } from 'lucide-react';
import { Link, useRouterState } from '@tanstack/react-router';

import { signOut, usePageInfo } from '../api';
import { IconButton } from '../components/Button';
import { Menu } from '../components/Menu';
import { Tooltip } from '../components/Tooltip';
import { cx } from '../util/cx';
import { stored } from '../util/storage';
import { useStored } from '../util/use-stored';
import { NAV, type NavEntry } from './nav';
import styles from './rail.module.css';
import { themeWish, type Theme } from './theme';

const railWish = stored('procyon.rail', 'closed');

/** Whether a path is in an entry's part of the page. */
function isIn(entry: NavEntry, path: string): boolean {
  if (entry.to === '/') return path === '/';
  const root = (to: string) => `/${to.split('/')[1] ?? ''}`;
  return [entry.to, ...(entry.pages ?? []).map(({ to }) => to)].some((to) => path === root(to) || path.startsWith(`${root(to)}/`));
}

export function Rail({ onSearch }: { onSearch: () => void }) {
  const [wish, setWish] = useStored(railWish);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const isOpen = wish === 'open';
  const label = isOpen ? 'Close the menu' : 'Open the menu';
  return (
    <nav className={cx(styles.rail, isOpen && styles.open)} aria-label="Main">
      <div className={styles.head}>
        <Link to="/" className={styles.logo} aria-label="Procyon, home">
          <img src="/favicon.svg" alt="" width={24} height={24} />
          {isOpen && <span className={styles.brand}>Procyon</span>}
        </Link>
      </div>
      <button type="button" className={styles.entry} onClick={onSearch} aria-label="Search">
        <Search aria-hidden />
        {isOpen && (
          <>
            <span className={styles.label}>Search</span>
            <kbd>Ctrl K</kbd>
          </>
        )}
      </button>
      <ul className={styles.list}>
        {NAV.map((entry) => (
          <RailEntry key={entry.label} entry={entry} isOpen={isOpen} path={path} />
        ))}
      </ul>
      <div className={styles.foot}>
        <Person isOpen={isOpen} />
        <IconButton label={label} icon={isOpen ? <ChevronsLeft /> : <ChevronsRight />} onClick={() => setWish(isOpen ? 'closed' : 'open')} />
      </div>
    </nav>
  );
}

function RailEntry({ entry, isOpen, path }: { entry: NavEntry; isOpen: boolean; path: string }) {
  const isHere = isIn(entry, path);
  const link = (
    <Link to={entry.to as never} className={cx(styles.entry, isHere && styles.here)} aria-label={entry.label} aria-current={isHere ? 'page' : undefined}>
      <entry.icon aria-hidden />
      {isOpen && <span className={styles.label}>{entry.label}</span>}
    </Link>
  );
  return (
    <li>
      {isOpen ? link : <Tooltip text={entry.label} shortcut={entry.letter && `g ${entry.letter}`}>{link}</Tooltip>}
      {isOpen && isHere && entry.pages && (
        <ul>
          {entry.pages.map(({ label, to }) => (
            <li key={to}>
              <Link to={to as never} className={cx(styles.sub, path === to && styles.subHere)}>
                {label}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function Person({ isOpen }: { isOpen: boolean }) {
  const { data } = usePageInfo();
  const [theme, setTheme] = useStored(themeWish);
  const name = data?.user.name || data?.user.email || 'Signed in';
  const choice = (wish: Theme, label: string) => ({
    label: `${theme === wish ? '✓ ' : ''}${label}`,
    icon: <Contrast />,
    run: () => setTheme(wish),
  });
  return (
    <Menu
      align="start"
      heading={[name, data?.org.name, data?.version && `Procyon ${data.version}`].filter(Boolean).join(' · ')}
      items={[
        choice('system', 'Theme of the system'),
        choice('dark', 'Dark'),
        choice('light', 'Light'),
        '-',
        { label: 'Sign out', icon: <LogOut />, run: () => void signOut() },
      ]}
    >
      <button type="button" className={styles.entry} aria-label="Account and theme">
        <CircleUser aria-hidden />
        {isOpen && <span className={styles.label}>{name}</span>}
      </button>
    </Menu>
  );
}
