/** A dashboard on a wall: dark, without the page around it, and it keeps itself fresh. */
import { X } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';

import { useActions } from '../../actions';
import { IconButton } from '../../components';
import { forceTheme } from '../../shell';
import { selectionText } from '../../time/format';
import { useTime } from '../../time/time-context';
import styles from './dashboard.module.css';

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

export function TvMode({ title, onClose, children }: Props) {
  const { selection, range, zone } = useTime();
  const now = useMinute();
  useEffect(() => {
    forceTheme('dark');
    // Not all browsers allow it without a click; the page fills the window then.
    document.documentElement.requestFullscreen?.().catch(() => {});
    const onChange = () => {
      if (!document.fullscreenElement) onClose();
    };
    document.addEventListener('fullscreenchange', onChange);
    return () => {
      forceTheme(null);
      document.removeEventListener('fullscreenchange', onChange);
      if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  useActions([{ id: 'tv.close', label: 'Leave TV mode', group: 'Dashboard', shortcut: 'Escape', run: onClose }]);
  return (
    <div className={styles.tv} data-scroller>
      <header className={styles.tvHead}>
        <h2>{title}</h2>
        <span>{selectionText(selection, range, zone)}</span>
        <time className="num">{CLOCK.format(now)}</time>
        <IconButton label="Leave TV mode" shortcut="f" icon={<X />} onClick={onClose} />
      </header>
      <div className={styles.tvBody}>{children}</div>
    </div>
  );
}

function useMinute(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 10_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
