import * as Radix from '@radix-ui/react-dropdown-menu';
import type { ReactNode } from 'react';

import { cx } from '../util/cx';
import styles from './float.module.css';

export interface MenuItem {
  label: string;
  icon?: ReactNode;
  shortcut?: string;
  /** Why it cannot be chosen now. */
  disabled?: boolean;
  danger?: boolean;
  run: () => void;
}

/** `'-'` is a line between groups. */
export type MenuEntry = MenuItem | '-';

interface Props {
  /** A button; takes a ref. */
  children: ReactNode;
  heading?: ReactNode;
  items: MenuEntry[];
  align?: 'start' | 'end';
}

/** A menu under a button. */
export function Menu({ children, heading, items, align = 'end' }: Props) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={styles.menu} align={align} sideOffset={4} collisionPadding={8}>
          {heading !== undefined && <Radix.Label className={styles.heading}>{heading}</Radix.Label>}
          <MenuItems items={items} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function MenuItems({ items }: { items: MenuEntry[] }) {
  return items.map((item, at) =>
    item === '-' ? (
      <Radix.Separator key={`line-${at}`} className={styles.separator} />
    ) : (
      <Radix.Item
        key={item.label}
        className={cx(styles.item, item.danger && styles.danger)}
        disabled={item.disabled ?? false}
        onSelect={item.run}
      >
        {item.icon}
        <span className={styles.itemText}>{item.label}</span>
        {item.shortcut && <kbd>{item.shortcut}</kbd>}
      </Radix.Item>
    ),
  );
}
