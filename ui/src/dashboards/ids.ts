/**
 * Widgets by number. The server gives them; a new one gets its own here at once and keeps it, so
 * that a widget is the same before and after it is saved.
 */
import { childrenOf, isGroup } from './grid/pixels';
import type { Dashboard, Widget } from './model';

const ID_MAX = 9_000_000_000_000_000;

export function newId(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return ((high * 2 ** 32 + low) % ID_MAX) + 1;
}

/** A number for each widget that has none of its own, also within groups. */
export function withIds(dashboard: Dashboard, next: () => number = newId): Dashboard {
  const seen = new Set<number>();
  const widgets = Array.isArray(dashboard.widgets) ? dashboard.widgets : [];
  return { ...dashboard, widgets: numbered(widgets, seen, next) };
}

function numbered(widgets: readonly Widget[], seen: Set<number>, next: () => number): Widget[] {
  return widgets.filter((widget) => typeof widget?.definition === 'object' && widget.definition !== null).map((widget) => {
    const id = isFree(widget.id, seen) ? widget.id : next();
    seen.add(id);
    const own = id === widget.id ? widget : { ...widget, id };
    if (!isGroup(own)) return own;
    return { ...own, definition: { ...own.definition, widgets: numbered(childrenOf(own), seen, next) } };
  });
}

function isFree(id: unknown, seen: ReadonlySet<number>): id is number {
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 && !seen.has(id);
}

/** The same widget as a new one. */
export function renumbered(widget: Widget, next: () => number = newId): Widget {
  const copy = structuredClone(widget);
  const walk = (one: Widget): void => {
    one.id = next();
    if (isGroup(one)) for (const child of childrenOf(one)) walk(child);
  };
  walk(copy);
  return copy;
}

/** Every widget with the group it is in. */
export function allWidgets(dashboard: Dashboard): { widget: Widget; group: number | undefined }[] {
  return dashboard.widgets.flatMap((widget) => [
    { widget, group: undefined },
    ...(isGroup(widget) ? childrenOf(widget).map((child) => ({ widget: child, group: widget.id })) : []),
  ]);
}

export function findWidget(dashboard: Dashboard, id: number): { widget: Widget; group: number | undefined } | undefined {
  return allWidgets(dashboard).find(({ widget }) => widget.id === id);
}
