import { Link2 } from 'lucide-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { useActions } from '../actions/registry';
import { IconButton } from '../components/Button';
import { toast } from '../components/toast';
import { TimeControl } from '../time/TimeControl';
import { useTime } from '../time/time-context';
import { copyText } from '../util/copy';
import styles from './shell.module.css';

export interface Crumb {
  label: string;
  to: string;
}

interface Props {
  title: string;
  crumbs: readonly Crumb[];
  time: boolean;
  buttons: ReactNode;
}

export function TopBar({ title, crumbs, time, buttons }: Props) {
  const { range } = useTime();
  // Whoever opens the link sees what is seen here: a live range is fixed where it stands.
  const share = () => {
    const url = new URL(window.location.href);
    if (time) {
      url.searchParams.delete('span');
      url.searchParams.set('from_ts', String(range.from));
      url.searchParams.set('to_ts', String(range.to));
      url.searchParams.set('live', 'false');
    }
    void copyText(url.href).then(() => toast('Link copied'));
  };
  useActions([{ id: 'page.share', label: 'Copy link to this page', group: 'Page', shortcut: 's', keywords: 'share url', run: share }]);
  return (
    <header className={styles.topbar}>
      <nav aria-label="Breadcrumb" className={styles.crumbs}>
        {crumbs.map(({ label, to }) => (
          <span key={to}>
            <Link to={to as never}>{label}</Link>
            <span aria-hidden className={styles.slash}>
              /
            </span>
          </span>
        ))}
        <h1 className={styles.title}>{title}</h1>
      </nav>
      <div className={styles.right}>
        {buttons}
        <IconButton label="Copy link" shortcut="s" icon={<Link2 />} onClick={share} />
        {time && <TimeControl />}
      </div>
    </header>
  );
}
