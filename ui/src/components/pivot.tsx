/**
 * The menu that opens from any tag, host, id, row or point: filter, copy, and what else is known
 * of the same thing at that moment.
 */
import { Activity, ClipboardCopy, Filter, FilterX, Gauge, ListTree, Server } from 'lucide-react';
import type { ReactNode } from 'react';
import { useNavigate } from '@tanstack/react-router';

import { copyText } from '../util/copy';
import { Menu, type MenuEntry } from './Menu';
import { toast } from './toast';

export interface PivotOf {
  /** `host:web-1`, or text that only can be copied. */
  text: string;
  /** Of the moment that was clicked; unix milliseconds. */
  at?: number;
  /** The metric that was clicked. */
  metric?: string;
  /** Offered when the page can filter. */
  onFilter?: (text: string, isOut: boolean) => void;
}

/** Around a clicked moment. */
const AROUND_MS = 15 * 60_000;

export function usePivots(of: PivotOf): MenuEntry[] {
  const navigate = useNavigate();
  const go = (to: string, search: Record<string, string>) =>
    void navigate({ to: to as never, search: { ...search, ...timeOf(of.at) } as never });
  const { onFilter, text } = of;
  const colon = text.indexOf(':');
  const [key, value] = colon < 0 ? ['', text] : [text.slice(0, colon), text.slice(colon + 1)];
  const items: MenuEntry[] = [];
  if (onFilter) {
    items.push(
      { label: `Filter by ${text}`, icon: <Filter />, run: () => onFilter(text, false) },
      { label: `Exclude ${text}`, icon: <FilterX />, run: () => onFilter(text, true) },
      '-',
    );
  }
  if (key === 'host') {
    items.push({ label: `Host ${value}`, icon: <Server />, run: () => go(`/infrastructure/host/${encodeURIComponent(value)}`, {}) });
  }
  if (key !== '') {
    items.push(
      { label: 'Hosts with this tag', icon: <ListTree />, run: () => go('/infrastructure/map', { filter: text }) },
      { label: 'Events with this tag', icon: <Activity />, run: () => go('/event/explorer', { query: text }) },
    );
    if (of.metric) {
      const a = `avg:${of.metric}{${text}}`;
      items.push({ label: 'Metric of this tag', icon: <Gauge />, run: () => go('/metric/explorer', { a }) });
    }
    items.push('-');
  }
  const copy = (copied: string) => void copyText(copied).then(() => toast('Copied'));
  items.push({ label: `Copy ${text}`, icon: <ClipboardCopy />, run: () => copy(text) });
  if (key !== '') items.push({ label: `Copy ${value}`, icon: <ClipboardCopy />, run: () => copy(value) });
  return items;
}

function timeOf(at: number | undefined): Record<string, string> {
  if (at === undefined) return {};
  return { from_ts: String(at - AROUND_MS), to_ts: String(at + AROUND_MS), live: 'false' };
}

/** Its menu around a button. */
export function PivotMenu({ children, ...of }: PivotOf & { children: ReactNode }) {
  return (
    <Menu items={usePivots(of)} heading={of.text} align="start">
      {children}
    </Menu>
  );
}
