import { Status } from '../../../components';
import type { Host } from '../data/hosts';
import { ordered } from '../data/order';
import { hostState, lastSeenText } from '../data/status';
import styles from './card.module.css';

interface Props {
  host: Host;
  fill: { label: string; text: string } | undefined;
  size: { label: string; text: string } | undefined;
  now: number;
}

const TAGS_SHOWN = 8;

/** What the pointer's card tells of a host. */
export function HostCard({ host, fill, size, now }: Props) {
  const { state, text } = hostState(host, now);
  const tags = ordered(host.tagList);
  return (
    <>
      <div className={styles.head}>
        <strong className={styles.name}>{host.name}</strong>
        <Status state={state} text={text} />
      </div>
      <dl className={styles.values}>
        {[fill, size].map(
          (measure) =>
            measure && (
              <div key={measure.label}>
                <dt>{measure.label}</dt>
                <dd>{measure.text}</dd>
              </div>
            ),
        )}
        <div>
          <dt>Last seen</dt>
          <dd>{lastSeenText(host.lastReported, now)}</dd>
        </div>
      </dl>
      {tags.length > 0 && (
        <p className={styles.tags}>
          {tags.slice(0, TAGS_SHOWN).map((tag) => (
            <span key={tag}>{tag}</span>
          ))}
          {tags.length > TAGS_SHOWN && <em>+ {tags.length - TAGS_SHOWN}</em>}
        </p>
      )}
    </>
  );
}
