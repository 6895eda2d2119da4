import { CloudOff } from 'lucide-react';
import { useSyncExternalStore } from 'react';

import { connection } from '../api/connection';
import styles from './shell.module.css';

/** A quiet line while the server does not answer. */
export function Offline() {
  const state = useSyncExternalStore(connection.subscribe, connection.get);
  if (state === 'ok') return null;
  return (
    <div className={styles.offline} role="status">
      <CloudOff aria-hidden />
      The server does not answer. What you see is from before; the page goes on by itself.
    </div>
  );
}
