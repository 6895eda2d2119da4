import styles from './ramp.module.css';

interface Props {
  /** Low to high. */
  colors: readonly string[];
  low: string;
  high: string;
  /** What is counted. */
  text?: string;
}

/** The scale of colours under a map. */
export function Ramp({ colors, low, high, text }: Props) {
  return (
    <div className={styles.ramp}>
      <span className={styles.text}>{text}</span>
      <span>{low}</span>
      <i style={{ background: `linear-gradient(to right, ${colors.join(', ')})` }} />
      <span>{high}</span>
    </div>
  );
}
