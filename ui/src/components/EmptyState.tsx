import type { ReactNode } from 'react';

import { CodeBlock } from './CodeBlock';
import styles from './empty.module.css';

interface Props {
  icon?: ReactNode;
  title: string;
  /** Why nothing is here. */
  children?: ReactNode;
  /** The next step, to copy. */
  command?: string;
  actions?: ReactNode;
}

/** Says what is not there, why, and what comes next. */
export function EmptyState({ icon, title, children, command, actions }: Props) {
  return (
    <div className={styles.empty}>
      {icon && <div className={styles.icon}>{icon}</div>}
      <h2>{title}</h2>
      {children && <div className={styles.text}>{children}</div>}
      {command && <CodeBlock code={command} />}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
