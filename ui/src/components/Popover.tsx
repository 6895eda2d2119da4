import * as Radix from '@radix-ui/react-popover';
import type { ReactNode } from 'react';

import styles from './float.module.css';

/** Something that floats under a button. */
export function Popover({ trigger, label, children, align = 'start' }: { trigger: ReactNode; label: string; children: ReactNode; align?: 'start' | 'end' }) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={styles.popover} aria-label={label} align={align} sideOffset={4} collisionPadding={8}>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
