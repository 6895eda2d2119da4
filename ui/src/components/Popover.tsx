import * as Radix from '@radix-ui/react-popover';
import type { ReactNode } from 'react';

import styles from './float.module.css';

interface Props {
  trigger: ReactNode;
  label: string;
  children: ReactNode;
  align?: 'start' | 'end';
  /** With `onOpenChange` the caller decides whether it is open: to close it after a choice. */
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

/** Something that floats under a button. */
export function Popover({ trigger, label, children, align = 'start', open, onOpenChange }: Props) {
  const control = open === undefined ? {} : { open };
  return (
    <Radix.Root {...control} {...(onOpenChange ? { onOpenChange } : {})}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={styles.popover} aria-label={label} align={align} sideOffset={4} collisionPadding={8}>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
