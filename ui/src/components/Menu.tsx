import * as Radix from '@radix-ui/react-dropdown-menu';
import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';

import { cx } from '../util/cx';
import styles from './float.module.css';

export interface MenuItem {
  /** Where labels may be the same. */
  key?: string;
  label: string;
  icon?: ReactNode;
  shortcut?: string;
  /** Why it cannot be chosen now. */
  disabled?: boolean;
  danger?: boolean;
  run: () => void;
}

/** Opens a menu beside it. */
export interface SubMenu {
  label: string;
  icon?: ReactNode;
  items: readonly MenuItem[];
}

/** `'-'` is a line between groups. */
export type MenuEntry = MenuItem | SubMenu | '-';

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

export function MenuItems({ items }: { items: readonly MenuEntry[] }) {
  return items.map((item, at) =>
    item === '-' ? (
      <Radix.Separator key={`line-${at}`} className={styles.separator} />
    ) : 'items' in item ? (
      <Radix.Sub key={item.label}>
        <Radix.SubTrigger className={styles.item}>
          {item.icon}
          <span className={styles.itemText}>{item.label}</span>
          <ChevronRight aria-hidden />
        </Radix.SubTrigger>
        <Radix.Portal>
          <Radix.SubContent className={styles.menu} sideOffset={4} collisionPadding={8}>
            <MenuItems items={item.items} />
          </Radix.SubContent>
        </Radix.Portal>
      </Radix.Sub>
    ) : (
      <Radix.Item
        key={item.key ?? item.label}
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
