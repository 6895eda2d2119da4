import styles from './list.module.css';

interface Props {
  /** 0 to 1; null without data. */
  part: number | null;
  text: string;
  label: string;
}

/** From here on it wants a look, and then at once. */
const HIGH = 0.75;
const FULL = 0.9;

/** A number with a bar under it. */
export function Bar({ part, text, label }: Props) {
  if (part === null) {
    return (
      <span className={styles.faint} aria-label={`${label}: no data`}>
        –
      </span>
    );
  }
  const state = part >= FULL ? styles.full : part >= HIGH ? styles.high : undefined;
  return (
    <span className={styles.bar}>
      <span>{text}</span>
      <span className={styles.track} aria-hidden>
        <span className={state} style={{ width: `${Math.min(100, Math.max(0, part * 100))}%` }} />
      </span>
    </span>
  );
}
