import { CopyButton } from './CopyButton';
import styles from './code.module.css';

interface Props {
  code: string;
  label?: string;
  /** What is shown in its place, such as a command with a masked key. */
  shown?: string;
}

/** Text to copy, such as a command. */
export function CodeBlock({ code, label = 'Copy', shown = code }: Props) {
  return (
    <figure className={styles.block}>
      <pre className={styles.pre} tabIndex={0}>
        <code>{shown}</code>
      </pre>
      <div className={styles.copy}>
        <CopyButton text={code} label={label} />
      </div>
    </figure>
  );
}
