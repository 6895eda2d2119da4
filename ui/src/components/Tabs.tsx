import type { KeyboardEvent, ReactNode } from 'react';

import { cx } from '../util/cx';
import styles from './tabs.module.css';

export interface Tab {
  id: string;
  label: ReactNode;
  count?: number;
}

interface Props {
  label: string;
  tabs: readonly Tab[];
  value: string;
  onChange: (id: string) => void;
  /** `segment` for a small choice of how to show something. */
  kind?: 'line' | 'segment';
}

/** Keep the chosen one in the address: `useParam('tab', 'overview')`. */
export function Tabs({ label, tabs, value, onChange, kind = 'line' }: Props) {
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = tabs.findIndex((tab) => tab.id === value);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    onChange(next.id);
    event.currentTarget.querySelector<HTMLElement>(`[data-tab="${CSS.escape(next.id)}"]`)?.focus();
  };
  return (
    <div className={styles[kind]} role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          data-tab={tab.id}
          aria-selected={tab.id === value}
          tabIndex={tab.id === value ? 0 : -1}
          className={cx(styles.tab, tab.id === value && styles.chosen)}
          onClick={() => onChange(tab.id)}
        >
          {tab.label}
          {tab.count !== undefined && <span className={styles.count}>{tab.count.toLocaleString('en-US')}</span>}
        </button>
      ))}
    </div>
  );
}
