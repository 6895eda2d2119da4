/** What one has to know before: said only where it holds. */
import { Info } from 'lucide-react';
import type { ReactNode } from 'react';

import { isLoopback, type By, type Platform, type Way } from './commands';
import styles from './install.module.css';

interface Props {
  way: Way;
  platform: Platform;
  by: By;
  url: string;
}

export function Notes({ way, platform, by, url }: Props) {
  const notes: ReactNode[] = [];
  if (isLoopback(url) && (platform === 'kubernetes' || way !== 'dogstatsd')) {
    notes.push(
      <>
        <code>{url}</code> is reached from this machine only. For others start the server with <code>--listen 0.0.0.0:8127</code> and put its name or address above.
      </>,
    );
  }
  if (way === 'datadog') {
    notes.push('Metrics, checks, events and host metadata are kept today. Logs, traces, processes and the rest are answered with success, so that the Agent does not queue them, and thrown away.');
    if (by === 'url') notes.push('Some products have no setting for an address and go on to Datadog’s own names: telemetry of tracers and what the Agent proxies for them. Only “By site” leads those here.');
    else notes.push('This leads every product here, but needs names and certificates of your own. Without them choose “By address”.');
  }
  if (notes.length === 0) return null;
  return (
    <ul className={styles.notes}>
      {notes.map((note, at) => (
        <li key={at}>
          <Info aria-hidden />
          <span>{note}</span>
        </li>
      ))}
    </ul>
  );
}
