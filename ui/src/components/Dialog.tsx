import * as Radix from '@radix-ui/react-dialog';
import type { ReactNode } from 'react';

import { cx } from '../util/cx';
import styles from './dialog.module.css';

interface Props {
  title: string;
  /** Hides the title from sight, not from screen readers. */
  hideTitle?: boolean;
  /** For tables and editors. */
  size?: 'normal' | 'wide';
  onClose: () => void;
  children: ReactNode;
}

/** For what cannot be beside the page: the palette, the keys, a dangerous question. */
export function Dialog({ title, hideTitle = false, size = 'normal', onClose, children }: Props) {
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className={styles.scrim} />
        <Radix.Content className={cx(styles.sheet, styles.dialog, size === 'wide' && styles.wide)} aria-describedby={undefined} data-modal="">
          <Radix.Title className={hideTitle ? 'sr-only' : styles.title}>{title}</Radix.Title>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
