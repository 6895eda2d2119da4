import type { ReactNode } from 'react';

import styles from './widget-empty.module.css';

interface Props {
  icon?: ReactNode;
  title: string;
  /** Why, and what it waits for, in a line. */
  children?: ReactNode;
  /** The kind's shape, drawn faintly behind. */
  shape?: ReactNode;
}

/** In a widget's box: what is not there, and why. Small boxes show the title only. */
export function WidgetEmpty({ icon, title, children, shape }: Props) {
  return (
    <div className={styles.place}>
      {shape && (
        <div className={styles.shape} aria-hidden>
          {shape}
        </div>
      )}
      <div className={styles.words} title={typeof children === 'string' ? `${title}. ${children}` : title}>
        <div className={styles.title}>
          {icon}
          {title}
        </div>
        {children && <div className={styles.text}>{children}</div>}
      </div>
    </div>
  );
}
