import { CopyButton } from './CopyButton';
import styles from './code.module.css';

/** Text to copy, such as a command. */
export function CodeBlock({ code, label = 'Copy' }: { code: string; label?: string }) {
  return (
    <figure className={styles.block}>
      <pre className={styles.pre} tabIndex={0}>
        <code>{code}</code>
      </pre>
      <div className={styles.copy}>
        <CopyButton text={code} label={label} />
      </div>
    </figure>
  );
}
