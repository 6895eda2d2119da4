/** Details beside the page, without covering what was read. Its address is the caller's parameter. */
import { X } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';

import { IconButton } from './Button';
import styles from './panel.module.css';

interface Props {
  title: ReactNode;
  /** Names the panel. */
  label: string;
  actions?: ReactNode;
  children: ReactNode;
  onClose: () => void;
}

export function SidePanel({ title, label, actions, children, onClose }: Props) {
  const panel = useRef<HTMLElement>(null);
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });
  useEffect(() => {
    // A field of the panel may have taken the focus already.
    const isInside = panel.current?.contains(document.activeElement) ?? false;
    const before = isInside ? null : document.activeElement;
    if (!isInside) panel.current?.focus({ preventScroll: true });
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('[role="menu"], [role="dialog"]')) return;
      close.current();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <aside ref={panel} className={styles.panel} data-side-panel="" aria-label={label} tabIndex={-1}>
      <header className={styles.head}>
        <div className={styles.title}>{title}</div>
        {actions}
        <IconButton label="Close" shortcut="Esc" icon={<X />} onClick={onClose} />
      </header>
      <div className={styles.body}>{children}</div>
    </aside>
  );
}
