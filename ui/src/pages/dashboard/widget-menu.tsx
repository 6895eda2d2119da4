/** What can be done with one widget. */
import { ClipboardCopy, CopyPlus, ExternalLink, FolderInput, Group, LayoutDashboard, Link2, LogOut, Maximize2, Pencil, Share2, Trash2, Ungroup } from 'lucide-react';
import type { useNavigate } from '@tanstack/react-router';

import { toast, type MenuEntry } from '../../components';
import { isGroup } from '../../dashboards/grid/pixels';
import { findWidget } from '../../dashboards/ids';
import type { Dashboard, DashboardTab, Widget } from '../../dashboards/model';
import { canBePicture } from '../../dashboards/share/definition';
import { share } from '../../dashboards/share/open';
import type { DashboardStore } from '../../dashboards/store';
import { tabOfWidget, tabsOf } from '../../dashboards/tabs/tabs';
import { copyText } from '../../util/copy';

interface Of {
  id: number;
  store: DashboardStore;
  dashboard: Dashboard;
  mayEdit: boolean;
  open: (id: number) => void;
  edit: (id: number) => void;
  copy: (ids: readonly number[]) => void;
  /** When it is one of several that are selected, what can be done is done to all. */
  selected: ReadonlySet<number>;
  /** Shares it as a picture. */
  picture: (id: number) => void;
  navigate: ReturnType<typeof useNavigate>;
}

export function widgetMenu(of: Of): MenuEntry[] {
  const { id, store, dashboard, mayEdit, open, edit, copy, picture, navigate, selected } = of;
  const found = findWidget(dashboard, id);
  if (!found) return [];
  if (mayEdit && selected.size > 1 && selected.has(id)) return selectionMenu({ ...of, ids: [...selected] });
  const items: MenuEntry[] = [];
  if (mayEdit) items.push({ label: 'Edit', icon: <Pencil />, shortcut: 'e', run: () => edit(id) });
  items.push({ label: 'Full screen', icon: <Maximize2 />, run: () => open(id) });
  const query = firstQuery(found.widget);
  if (query) items.push({ label: 'Open in the metrics explorer', icon: <ExternalLink />, run: () => void navigate({ to: '/metric/explorer' as never, search: { a: query } as never }) });
  items.push('-', { label: 'Copy', icon: <ClipboardCopy />, shortcut: 'Ctrl C', run: () => copy([id]) });
  items.push({ label: 'Copy link to the widget', icon: <Link2 />, run: () => copyLink(id) });
  const { definition, layout } = found.widget;
  items.push('-');
  if (canBePicture(definition)) items.push({ label: 'Share snapshot…', icon: <Share2 />, shortcut: 's', run: () => picture(id) });
  items.push({ label: 'Add to dashboard…', icon: <LayoutDashboard />, run: () => share({ kind: 'export', definition, size: layout, from: dashboard.id }) }, '-');
  if (!mayEdit) return items;
  items.push({ label: 'Duplicate', icon: <CopyPlus />, run: () => store.change({ type: 'duplicate', ids: [id] }) });
  if (found.group !== undefined) {
    const { layout } = found.widget;
    const place = { x: 0, y: 0, width: layout?.width ?? 4, height: layout?.height ?? 2 };
    items.push({ label: 'Move out of the group', icon: <LogOut />, run: () => store.change({ type: 'move', id, target: { place } }) });
  }
  items.push(...toTabs(store, dashboard, [id]));
  if (isGroup(found.widget)) items.push({ label: 'Ungroup', icon: <Ungroup />, run: () => store.change({ type: 'ungroup', id }) });
  items.push('-', { label: 'Delete', icon: <Trash2 />, danger: true, run: () => removeWidgets(store, [id]) });
  return items;
}

type OfMany = Pick<Of, 'store' | 'dashboard' | 'copy'> & { ids: readonly number[] };

/** What can be done with several at once. */
export function selectionMenu({ store, dashboard, copy, ids }: OfMany): MenuEntry[] {
  return [
    { label: `Copy ${ids.length} widgets`, icon: <ClipboardCopy />, shortcut: 'Ctrl C', run: () => copy(ids) },
    { label: 'Duplicate', icon: <CopyPlus />, shortcut: 'Ctrl D', run: () => store.change({ type: 'duplicate', ids }) },
    { label: 'Group', icon: <Group />, shortcut: 'Ctrl G', disabled: !canGroup(dashboard, ids), run: () => store.change({ type: 'group', ids, title: 'New group' }) },
    ...toTabs(store, dashboard, ids),
    '-',
    { label: 'Delete', icon: <Trash2 />, shortcut: 'Del', danger: true, run: () => removeWidgets(store, ids) },
  ];
}

/** Groups are for widgets of the dashboard itself. */
export function canGroup(dashboard: Dashboard, ids: readonly number[]): boolean {
  return dashboard.layout_type !== 'free' && dashboard.widgets.some((widget) => widget.id !== undefined && ids.includes(widget.id) && !isGroup(widget));
}

export function removeWidgets(store: DashboardStore, ids: readonly number[]): void {
  store.change({ type: 'remove', ids });
  toast(ids.length === 1 ? 'Widget removed' : `${ids.length} widgets removed`, { undo: () => store.undo() });
}

/** To each tab but the one where they are. */
function toTabs(store: DashboardStore, dashboard: Dashboard, ids: readonly number[]): MenuEntry[] {
  const here = ids[0] === undefined ? undefined : tabOfWidget(dashboard, ids[0]);
  const others = tabsOf(dashboard).filter((tab) => tab.id !== here);
  if (others.length === 0) return [];
  return [
    {
      label: 'Move to tab',
      icon: <FolderInput />,
      items: others.map((tab) => ({ key: tab.id, label: tab.name, run: () => moveToTab(store, ids, tab) })),
    },
  ];
}

export function moveToTab(store: DashboardStore, ids: readonly number[], tab: Pick<DashboardTab, 'id' | 'name'>): void {
  store.change({ type: 'to-tab', ids, tab: tab.id });
  toast(`${ids.length === 1 ? 'The widget is' : `${ids.length} widgets are`} on the tab ${tab.name}`, { undo: () => store.undo() });
}

function copyLink(id: number): void {
  const url = new URL(window.location.href);
  url.searchParams.set('fullscreen_widget', String(id));
  url.searchParams.delete('edit');
  void copyText(url.href).then(() => toast('Link copied'));
}

/** The metric query that it draws first. */
function firstQuery({ definition }: Widget): string | undefined {
  const requests = definition['requests'];
  const first = (Array.isArray(requests) ? requests[0] : undefined) as { q?: unknown; queries?: { data_source?: unknown; query?: unknown }[] } | undefined;
  if (typeof first?.q === 'string') return first.q;
  const query = Array.isArray(first?.queries) ? first.queries[0] : undefined;
  return query?.data_source === 'metrics' && typeof query.query === 'string' ? query.query : undefined;
}
