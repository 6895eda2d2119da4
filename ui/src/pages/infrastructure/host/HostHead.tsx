import { Status } from '../../../components';
import type { Host } from '../data/hosts';
import { hostState, lastSeenText } from '../data/status';
import styles from './host.module.css';

/** A host's state in one line. */
export function HostHead({ host }: { host: Host }) {
  const now = Date.now();
  const { state, text } = hostState(host, now);
  const facts = [
    host.meta.agent_version && `Agent ${host.meta.agent_version}`,
    host.meta.platform,
    host.aliases.length > 0 && `also ${host.aliases.slice(0, 3).join(', ')}`,
  ];
  return (
    <p className={styles.facts}>
      <Status state={state} text={text} />
      <span>last seen {lastSeenText(host.lastReported, now)}</span>
      {host.isMuted && <span>{host.muteEnd === null ? 'muted until you unmute it' : `muted until ${new Date(host.muteEnd * 1000).toLocaleString()}`}</span>}
      {facts.filter(Boolean).map((fact) => (
        <span key={String(fact)}>{fact}</span>
      ))}
    </p>
  );
}
