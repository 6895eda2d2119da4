import * as Radix from '@radix-ui/react-tooltip';
import type { ReactNode } from 'react';

import styles from './float.module.css';

/** A name on hover and focus, with its key. The child must take a ref. */
export function Tooltip({ text, shortcut, children }: { text: ReactNode; shortcut?: string | undefined; children: ReactNode }) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={styles.tooltip} sideOffset={6} collisionPadding={8}>
          {text}
          {shortcut && <kbd>{shortcut}</kbd>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export const TooltipProvider = ({ children }: { children: ReactNode }) => (
  <Radix.Provider delayDuration={400} skipDelayDuration={200}>
    {children}
  </Radix.Provider>
);
