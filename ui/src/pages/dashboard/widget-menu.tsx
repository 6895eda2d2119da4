/** What can be done with one widget. */
import { ClipboardCopy, CopyPlus, ExternalLink, LayoutDashboard, Link2, LogOut, Maximize2, Pencil, Share2, Trash2, Ungroup } from 'lucide-react';
import type { useNavigate } from '@tanstack/react-router';

import { toast, type MenuEntry } from '../../components';
import { isGroup } from '../../dashboards/grid/pixels';
import { findWidget } from '../../dashboards/ids';
import type { Dashboard, Widget } from '../../dashboards/model';
import { canBePicture } from '../../dashboards/share/definition';
import { share } from '../../dashboards/share/open';
import type { DashboardStore } from '../../dashboards/store';
import { copyText } from '../../util/copy';

interface Of {
  id: number;
  store: DashboardStore;
  dashboard: Dashboard;
  mayEdit: boolean;
  open: (id: number) => void;
  edit: (id: number) => void;
  copy: (ids: readonly number[]) => void;
  /** Shares it as a picture. */
  picture: (id: number) => void;
  navigate: ReturnType<typeof useNavigate>;
}

export function widgetMenu({ id, store, dashboard, mayEdit, open, edit, copy, picture, navigate }: Of): MenuEntry[] {
  const found = findWidget(dashboard, id);
  if (!found) return [];
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
  if (isGroup(found.widget)) items.push({ label: 'Ungroup', icon: <Ungroup />, run: () => store.change({ type: 'ungroup', id }) });
  const remove = () => {
    store.change({ type: 'remove', ids: [id] });
    toast('Widget removed', { undo: () => store.undo() });
  };
  items.push('-', { label: 'Delete', icon: <Trash2 />, danger: true, run: remove });
  return items;
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
