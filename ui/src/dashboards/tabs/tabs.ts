/**
 * The tabs of a dashboard. Each has a grid of its own, which begins at the top: places of one tab
 * mean nothing to another. The first tab has what is in none as well.
 *
 * Invariant: a tab names widgets that are there, and only those that stand in no group.
 */
import { findWidget } from '../ids';
import type { Dashboard, DashboardTab, Widget } from '../model';

export const TABS_MAX = 100;
export const TAB_NAME_MAX = 100;

export type TabChange =
  /** Without any tab before, what is there goes into a first one. */
  | { type: 'add-tab'; tab: { id: string; name: string } }
  | { type: 'rename-tab'; id: string; name: string }
  | { type: 'move-tab'; id: string; to: number }
  /** Its widgets go into another tab, or with it; those of the last one stay on the dashboard. */
  | { type: 'remove-tab'; id: string; into: string | undefined };

export function isTabChange(change: { type: string }): change is TabChange {
  return ['add-tab', 'rename-tab', 'move-tab', 'remove-tab'].includes(change.type);
}

/** An id as the API wants it. Not `randomUUID`: that is there over https only. */
export function newTabId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export function tabsOf({ tabs }: Pick<Dashboard, 'tabs'>): readonly DashboardTab[] {
  return Array.isArray(tabs) ? tabs.filter((tab) => typeof tab?.id === 'string') : [];
}

/** The tab of that id, or the first. */
export function tabAt(dashboard: Pick<Dashboard, 'tabs'>, id: string | undefined): DashboardTab | undefined {
  const tabs = tabsOf(dashboard);
  return tabs.find((tab) => tab.id === id) ?? tabs[0];
}

/** The widgets of a tab: all of them when there are no tabs. */
export function widgetsOfTab(dashboard: Dashboard, id: string | undefined): readonly Widget[] {
  const chosen = tabAt(dashboard, id);
  if (!chosen) return dashboard.widgets;
  const tabs = tabsOf(dashboard);
  const others = new Set(tabs.filter((other) => other !== chosen).flatMap((other) => other.widget_ids ?? []));
  const own = new Set(chosen.widget_ids ?? []);
  return dashboard.widgets.filter(({ id: one }) => one !== undefined && (own.has(one) || (chosen === tabs[0] && !others.has(one))));
}

/** The tab where a widget stands, also in a group. */
export function tabOfWidget(dashboard: Dashboard, id: number): string | undefined {
  const outer = findWidget(dashboard, id)?.group ?? id;
  return tabsOf(dashboard).find((tab) => widgetsOfTab(dashboard, tab.id).some((widget) => widget.id === outer))?.id;
}

/** A name that no other tab has: `Tab 3`. */
export function freshName(dashboard: Pick<Dashboard, 'tabs'>): string {
  const names = new Set(tabsOf(dashboard).map(({ name }) => name));
  let at = Math.max(2, names.size + 1);
  while (names.has(`Tab ${at}`)) at += 1;
  return `Tab ${at}`;
}

export function applyTab(dashboard: Dashboard, change: TabChange): Dashboard {
  const tabs = tabsOf(dashboard);
  const at = change.type === 'add-tab' ? -1 : tabs.findIndex(({ id }) => id === change.id);
  if (change.type !== 'add-tab' && at < 0) return dashboard;
  switch (change.type) {
    case 'add-tab': {
      if (tabs.length >= TABS_MAX) return dashboard;
      const before = tabs.length > 0 ? tabs : [{ id: newTabId(), name: 'Tab 1', widget_ids: idsOf(dashboard.widgets) }];
      return { ...dashboard, tabs: [...before, { ...change.tab, widget_ids: [] }] };
    }
    case 'rename-tab': {
      const name = change.name.trim().slice(0, TAB_NAME_MAX);
      if (name === '' || name === tabs[at]?.name) return dashboard;
      return { ...dashboard, tabs: tabs.map((tab, index) => (index === at ? { ...tab, name } : tab)) };
    }
    case 'move-tab': {
      const to = Math.max(0, Math.min(tabs.length - 1, change.to));
      if (to === at) return dashboard;
      // What is in no tab stays in the tab that showed it, also when that is no longer the first.
      const list = tabs.map((tab, index) => (index === 0 ? { ...tab, widget_ids: idsOf(widgetsOfTab(dashboard, tab.id)) } : tab));
      const [moved] = list.splice(at, 1);
      if (moved) list.splice(to, 0, moved);
      return { ...dashboard, tabs: list };
    }
    case 'remove-tab':
      return removed(dashboard, change.id, change.into);
  }
}

function removed(dashboard: Dashboard, id: string, into: string | undefined): Dashboard {
  const own = idsOf(widgetsOfTab(dashboard, id));
  const rest = tabsOf(dashboard).filter((tab) => tab.id !== id);
  if (rest.length === 0) return { ...dashboard, tabs: [] };
  if (into !== undefined) return { ...dashboard, tabs: rest.map((tab) => (tab.id === into ? { ...tab, widget_ids: [...new Set([...(tab.widget_ids ?? []), ...own])] } : tab)) };
  // What another tab shows as well stays there.
  const kept = new Set(rest.flatMap((tab) => tab.widget_ids ?? []));
  const gone = new Set(own.filter((one) => !kept.has(one)));
  return { ...dashboard, tabs: rest, widgets: dashboard.widgets.filter((widget) => !gone.has(widget.id ?? 0)) };
}

/** What came of a change of the widgets of one tab, put back among the others. */
export function merged(dashboard: Dashboard, tab: DashboardTab, next: Dashboard): Dashboard {
  const part = new Set(idsOf(widgetsOfTab(dashboard, tab.id)));
  const after = new Map(next.widgets.map((widget) => [widget.id, widget]));
  const known = new Set(idsOf(dashboard.widgets));
  const widgets = dashboard.widgets.flatMap((widget) => (part.has(widget.id ?? 0) ? (after.get(widget.id) ?? []) : [widget]));
  widgets.push(...next.widgets.filter(({ id }) => !known.has(id ?? 0)));
  const there = new Set(idsOf(widgets));
  const ids = idsOf(next.widgets);
  const tabs = tabsOf(dashboard).map((one) => {
    const before = one.widget_ids ?? [];
    if (one.id !== tab.id) return before.every((id) => there.has(id)) ? one : { ...one, widget_ids: before.filter((id) => there.has(id)) };
    const list = [...before.filter((id) => ids.includes(id)), ...ids.filter((id) => !before.includes(id))];
    return list.length === before.length && list.every((id, at) => id === before[at]) ? one : { ...one, widget_ids: list };
  });
  return { ...next, widgets, tabs };
}

export function idsOf(widgets: readonly Widget[]): number[] {
  return widgets.flatMap(({ id }) => (id === undefined ? [] : [id]));
}
