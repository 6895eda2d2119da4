/** Puts a widget onto a dashboard that is not open, and takes it away again. */
import { queryClient } from '../../api';
import { createDashboard, loadDashboard, saveDashboard, type Summary } from '../api';
import { apply } from '../changes';
import { newId, withIds } from '../ids';
import type { Dashboard, Widget, WidgetDefinition } from '../model';
import { contentOf } from '../store';
import { stored } from '../../util/storage';

const recent = stored('procyon.dashboards.added-to', '[]');
const RECENT_MAX = 5;

export function recentIds(): string[] {
  try {
    const value: unknown = JSON.parse(recent.get());
    return Array.isArray(value) ? value.filter((id): id is string => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

function remember(id: string): void {
  recent.set(JSON.stringify([id, ...recentIds().filter((other) => other !== id)].slice(0, RECENT_MAX)));
}

/** Those that can be written, the last used first, then starred ones, then by title. */
export function choicesOf(summaries: readonly Summary[], search: string, last: readonly string[]): Summary[] {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const rank = ({ id, starred }: Summary) => (last.includes(id) ? last.indexOf(id) : starred ? RECENT_MAX : RECENT_MAX + 1);
  return summaries
    .filter(({ is_built_in, is_read_only, title }) => !is_built_in && !is_read_only && words.every((word) => title.toLowerCase().includes(word)))
    .sort((a, b) => rank(a) - rank(b) || a.title.localeCompare(b.title));
}

type Size = { width: number; height: number };

function widgetOf(definition: WidgetDefinition, size: Size): Widget & { id: number } {
  return { id: newId(), definition, layout: { x: 0, y: 0, ...size } };
}

export interface Added {
  dashboard: Pick<Dashboard, 'id' | 'title'>;
  undo: () => Promise<void>;
}

const noted = (dashboard: Dashboard) => {
  queryClient.setQueryData(['dashboard', dashboard.id], dashboard);
  void queryClient.invalidateQueries({ queryKey: ['dashboards'] });
};

export async function addTo(id: string, definition: WidgetDefinition, size: Size): Promise<Added> {
  const widget = widgetOf(definition, size);
  const change = async (make: (dashboard: Dashboard) => Dashboard) => noted(await saveDashboard(id, contentOf(make(withIds(await loadDashboard(id))))));
  const { title } = await loadDashboard(id);
  await change((dashboard) => apply(dashboard, { type: 'add', widgets: [widget] }));
  remember(id);
  return { dashboard: { id, title }, undo: () => change((dashboard) => apply(dashboard, { type: 'remove', ids: [widget.id] })) };
}

/** Returns the new dashboard. */
export async function addToNew(title: string, definition: WidgetDefinition, size: Size): Promise<Dashboard> {
  const made = await createDashboard({ title, layout_type: 'ordered', widgets: [widgetOf(definition, size)] });
  noted(made);
  remember(made.id);
  return made;
}
