import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';

import { cx } from '../util/cx';
import styles from './button.module.css';
import { Tooltip } from './Tooltip';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `primary` once a page at most. */
  kind?: 'primary' | 'plain' | 'ghost' | 'danger';
  icon?: ReactNode;
  /** Shows that it works, and takes no clicks. */
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ kind = 'plain', icon, busy = false, className, children, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      className={cx(styles.button, styles[kind], className)}
    >
      {icon && <span className={styles.icon}>{icon}</span>}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> {
  /** Its name, also shown on hover. */
  label: string;
  icon: ReactNode;
  shortcut?: string;
  /** Pressed in: for switches. */
  active?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

export function IconButton({ label, icon, shortcut, active, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} shortcut={shortcut}>
      <button
        type="button"
        {...rest}
        aria-label={label}
        aria-pressed={active}
        className={cx(styles.iconButton, active && styles.active, className)}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
