/**
 * The frame of every page: top bar with breadcrumb, actions and time, and the content under it.
 * `<Page title="Host list" crumbs={[{ label: 'Infrastructure', to: '/infrastructure/map' }]} time>`
 */
import { useEffect, type ReactNode } from 'react';

import { useActions } from '../actions/registry';
import type { Action } from '../actions/action';
import { Offline } from './Offline';
import styles from './shell.module.css';
import { TopBar, type Crumb } from './TopBar';

interface Props {
  title: string;
  crumbs?: readonly Crumb[];
  /** Whether the page has a time. */
  time?: boolean;
  /** What can be done here: keys, palette, help. */
  actions?: Action[];
  /** Buttons at the top right. */
  buttons?: ReactNode;
  /** `fill`: the content takes the height and scrolls by itself. */
  layout?: 'scroll' | 'fill';
  children: ReactNode;
}

const NO_ACTIONS: Action[] = [];

export function Page({ title, crumbs = [], time = false, actions = NO_ACTIONS, buttons, layout = 'scroll', children }: Props) {
  useActions(actions);
  useEffect(() => {
    document.title = `${title} · Procyon`;
  }, [title]);
  return (
    <div className={styles.page}>
      <TopBar title={title} crumbs={crumbs} time={time} buttons={buttons} />
      <Offline />
      <main className={layout === 'fill' ? styles.fill : styles.scroll} id="content">
        {children}
      </main>
    </div>
  );
}
