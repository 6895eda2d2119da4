/**
 * What can be done to a dashboard, as plain data, and what comes of it. Nothing here is changed in
 * place, and keys that nobody touched stay as they came.
 */
import type { Target } from './board';
import { blockAt, followersOf } from './block';
import { bottomOf, clampLayout, columnsOfGroup, compact, freeSpot, layoutOf, place as placeIn, placeAll, type Place, type Placed } from './grid/layout';
import { childrenOf, isGroup, sizeOf } from './grid/pixels';
import { allWidgets, findWidget, renumbered } from './ids';
import { COLUMNS, type Dashboard, type Widget, type WidgetDefinition, type WidgetLayout } from './model';
import { ofTab } from './shown';
import { applyTab, idsOf, isTabChange, merged, tabAt, tabOfWidget, tabsOf, widgetsOfTab, type TabChange } from './tabs/tabs';

export type Change =
  /** Onto a tab, or the first. */
  | { type: 'add'; widgets: readonly Widget[]; target?: Target | undefined; group?: number | undefined; tab?: string | undefined }
  | { type: 'change'; id: number; definition: WidgetDefinition }
  /** Others may go along: the ids may hold its own. */
  | { type: 'move'; id: number; target: Target; along?: readonly number[] }
  | { type: 'resize'; id: number; size: { width: number; height: number } }
  | { type: 'remove'; ids: readonly number[] }
  | { type: 'duplicate'; ids: readonly number[] }
  /** The widgets into a new group, in place of the first. */
  | { type: 'group'; ids: readonly number[]; title: string }
  /** A group's widgets onto the dashboard. */
  | { type: 'ungroup'; id: number }
  /** The widgets to the foot of a tab. */
  | { type: 'to-tab'; ids: readonly number[]; tab: string }
  | TabChange
  | { type: 'settings'; patch: Partial<Dashboard>; label: string }
  | { type: 'replace'; dashboard: Dashboard; label: string };

export function apply(dashboard: Dashboard, change: Change): Dashboard {
  if (isTabChange(change)) return applyTab(change.type === 'remove-tab' && change.into !== undefined ? toTab(dashboard, idsOf(widgetsOfTab(dashboard, change.id)), change.into) : dashboard, change);
  if (change.type === 'to-tab') return toTab(dashboard, change.ids, change.tab);
  const tab = tabAt(dashboard, tabOfChange(dashboard, change));
  if (!tab || change.type === 'change' || change.type === 'settings' || change.type === 'replace') return applyHere(dashboard, change);
  // Each tab has a grid of its own.
  const part = ofTab(dashboard, tab.id);
  const next = applyHere(part, change);
  return next === part ? dashboard : merged(withFlow(dashboard, next), tab, next);
}

function applyHere(dashboard: Dashboard, change: Exclude<Change, TabChange | { type: 'to-tab' }>): Dashboard {
  switch (change.type) {
    case 'add':
      return add(dashboard, change);
    case 'change':
      return mapWidget(dashboard, change.id, (widget) => ({ ...widget, definition: change.definition }));
    case 'move':
      return move(dashboard, change);
    case 'resize':
      return resize(dashboard, change.id, change.size);
    case 'remove':
      return change.ids.reduce(without, dashboard);
    case 'duplicate':
      return duplicates(dashboard, change.ids);
    case 'group':
      return grouped(dashboard, change.ids, change.title);
    case 'ungroup':
      return ungrouped(dashboard, change.id);
    case 'settings':
      return withSettings(dashboard, change.patch);
    case 'replace':
      return change.dashboard;
  }
}

/** The tab that is changed: where the widgets stand, or where they go. */
function tabOfChange(dashboard: Dashboard, change: Change): string | undefined {
  const id = 'ids' in change ? change.ids[0] : change.type === 'add' ? (change.target?.group ?? change.group) : 'id' in change ? Number(change.id) : undefined;
  const own = id === undefined ? undefined : tabOfWidget(dashboard, id);
  return own ?? (change.type === 'add' ? change.tab : undefined);
}

/** When one tab gets places, all of them do: a dashboard flows as a whole or not at all. */
function withFlow(dashboard: Dashboard, { reflow_type }: Dashboard): Dashboard {
  if (reflow_type === dashboard.reflow_type || reflow_type === undefined) return dashboard;
  return tabsOf(dashboard).reduce((done, tab) => merged(done, tab, fixed({ ...done, widgets: [...widgetsOfTab(done, tab.id)] })), dashboard);
}

/** As they stand, below what is there; out of their groups. */
function toTab(dashboard: Dashboard, ids: readonly number[], to: string): Dashboard {
  const target = tabsOf(dashboard).find(({ id }) => id === to);
  const [first] = ids;
  const source = first === undefined ? undefined : tabAt(dashboard, tabOfWidget(dashboard, first));
  if (!target || !source || target === source) return dashboard;
  const part = ofTab(dashboard, source.id);
  const set = new Set(ids);
  const moved = allWidgets(part).filter(({ widget, group }) => set.has(widget.id ?? 0) && (group === undefined || !set.has(group))).map(({ widget }) => widget);
  if (moved.length === 0) return dashboard;
  const left = merged(dashboard, source, moved.reduce((rest, { id }) => without(rest, id ?? 0), part));
  const goal = tabAt(left, to) ?? target;
  const next = add(ofTab(left, to), { type: 'add', widgets: moved });
  return merged(withFlow(left, next), goal, next);
}

/** What undo calls it. */
export function labelOf(change: Change, dashboard: Dashboard): string {
  const nameOf = (id: number | undefined) => {
    const definition = id === undefined ? undefined : findWidget(dashboard, id)?.widget.definition;
    return definition?.title ? `“${definition.title}”` : (definition?.type.replaceAll('_', ' ') ?? 'widget');
  };
  const tabNameOf = (id: string) => tabsOf(dashboard).find((tab) => tab.id === id)?.name ?? '';
  const several = (ids: readonly number[]) => (ids.length === 1 ? nameOf(ids[0]) : `${ids.length} widgets`);
  switch (change.type) {
    case 'add':
      return change.widgets.length === 1 ? 'add widget' : `add ${change.widgets.length} widgets`;
    case 'change':
      return `edit ${nameOf(change.id)}`;
    case 'move':
      return `move ${change.along?.includes(change.id) ? several(change.along) : nameOf(change.id)}`;
    case 'resize':
      return `resize ${nameOf(change.id)}`;
    case 'remove':
      return `remove ${several(change.ids)}`;
    case 'duplicate':
      return `duplicate ${several(change.ids)}`;
    case 'group':
      return `group ${several(change.ids)}`;
    case 'ungroup':
      return `ungroup ${nameOf(change.id)}`;
    case 'to-tab':
      return `move ${several(change.ids)} to another tab`;
    case 'add-tab':
      return `add the tab “${change.tab.name}”`;
    case 'rename-tab':
      return `rename the tab “${tabNameOf(change.id)}”`;
    case 'move-tab':
      return `move the tab “${tabNameOf(change.id)}”`;
    case 'remove-tab':
      return `delete the tab “${tabNameOf(change.id)}”`;
    case 'settings':
    case 'replace':
      return change.label;
  }
}

function mapWidget(dashboard: Dashboard, id: number, to: (widget: Widget) => Widget): Dashboard {
  const widgets = dashboard.widgets.map((widget) => {
    if (widget.id === id) return to(widget);
    if (!isGroup(widget) || !childrenOf(widget).some((child) => child.id === id)) return widget;
    return withChildren(widget, childrenOf(widget).map((child) => (child.id === id ? to(child) : child)));
  });
  return { ...dashboard, widgets };
}

function withChildren(group: Widget, widgets: Widget[]): Widget {
  return { ...group, definition: { ...group.definition, widgets } };
}

/** The widgets of a group, or of the dashboard itself. */
function listOf(dashboard: Dashboard, group: number | undefined): { widgets: Widget[]; columns: number } {
  const holder = group === undefined ? undefined : dashboard.widgets.find(({ id }) => id === group);
  return holder ? { widgets: childrenOf(holder), columns: columnsOfGroup(holder) } : { widgets: dashboard.widgets, columns: COLUMNS };
}

function withList(dashboard: Dashboard, group: number | undefined, widgets: Widget[]): Dashboard {
  if (group === undefined) return { ...dashboard, widgets };
  return { ...dashboard, widgets: dashboard.widgets.map((widget) => (widget.id === group ? withChildren(widget, widgets) : widget)) };
}

const isFree = (dashboard: Dashboard): boolean => dashboard.layout_type === 'free';

/** Dashboards that lay themselves out say no places. */
const flows = (dashboard: Dashboard): boolean =>
  !isFree(dashboard) && (dashboard.widgets.length === 0 ? dashboard.reflow_type === 'auto' : !dashboard.widgets.some(({ layout }) => clampLayout(layout, COLUMNS)));

/** Writes places into layouts; what stands there already stays the same object. */
function withPlaces(widgets: readonly Widget[], places: readonly Placed[]): Widget[] {
  const byId = new Map(places.map((place) => [place.id, place]));
  return widgets.map((widget) => {
    const place = byId.get(widget.id ?? 0);
    return place ? withLayout(widget, place) : widget;
  });
}

function withLayout(widget: Widget, { x, y, width, height }: Place): Widget {
  const old = widget.layout;
  if (old && old.x === x && old.y === y && old.width === width && old.height === height) return widget;
  const layout: WidgetLayout = { ...old, x, y, width, height };
  return { ...widget, layout };
}

/** Groups as high as what is in them, and what is below makes room. */
function settled(dashboard: Dashboard, group?: number): Dashboard {
  if (group === undefined) return dashboard;
  const holder = dashboard.widgets.find(({ id }) => id === group);
  if (!holder) return dashboard;
  const inner = layoutOf(childrenOf(holder), columnsOfGroup(holder), sizeOf);
  const places = layoutOf(dashboard.widgets, COLUMNS, sizeOf);
  const own = places.find(({ id }) => id === group);
  if (!own || flows(dashboard)) return dashboard;
  const height = 1 + Math.max(1, bottomOf(inner));
  return height === own.height ? dashboard : { ...dashboard, widgets: withPlaces(dashboard.widgets, placeIn(places, { ...own, height }, COLUMNS)) };
}

/** Once somebody places something, all of the dashboard has places. */
function fixed(dashboard: Dashboard): Dashboard {
  const widgets = withPlaces(dashboard.widgets, layoutOf(dashboard.widgets, COLUMNS, sizeOf));
  return { ...dashboard, widgets, ...(dashboard.reflow_type === 'auto' ? { reflow_type: 'fixed' as const } : {}) };
}

function add(dashboard: Dashboard, { widgets: added, target, group }: Change & { type: 'add' }): Dashboard {
  const into = target?.group ?? group;
  const fresh = into === undefined ? added : added.filter((widget) => !isGroup(widget));
  if (isFree(dashboard)) {
    const placed = target ? fresh.map((widget) => withLayout(widget, target.place)) : atBottom(dashboard.widgets, fresh);
    return { ...dashboard, widgets: [...dashboard.widgets, ...placed] };
  }
  if (flows(dashboard) && !target && into === undefined) return { ...dashboard, widgets: [...dashboard.widgets, ...fresh.map(({ layout: _, ...rest }) => rest)] };
  const { widgets, columns } = listOf(dashboard, into);
  let places = layoutOf(widgets, columns, sizeOf);
  const bottom = bottomOf(places);
  const isBlock = fresh.length > 1 && fresh.every(({ layout }) => clampLayout(layout, columns));
  const top = Math.min(...fresh.map(({ layout }) => layout?.y ?? 0));
  for (const widget of fresh) {
    const wanted = clampLayout(widget.layout, columns);
    const size = wanted ?? sizeOf(widget);
    const id = widget.id ?? 0;
    // What was copied together stays together; one alone goes to the first free spot.
    const spot = target?.place ?? (isBlock && wanted ? { ...wanted, y: wanted.y - top + bottom } : freeSpot(places, size, columns));
    places = placeIn(places, { id, ...spot }, columns);
  }
  return settled(withList(fixed(dashboard), into, withPlaces([...widgets, ...fresh], places)), into);
}

/** In free dashboards units are other ones: below what is there, as large as it was. */
function atBottom(widgets: readonly Widget[], added: readonly Widget[]): Widget[] {
  let y = widgets.reduce((bottom, { layout }) => Math.max(bottom, (layout?.y ?? 0) + (layout?.height ?? 0)), 0);
  return added.map((widget) => {
    const [width, height] = [widget.layout?.width ?? 47, widget.layout?.height ?? 15];
    // A layout of 12 columns, pasted here.
    const isGrid = width <= COLUMNS && height <= COLUMNS;
    const layout = { ...widget.layout, x: 0, y, width: isGrid ? width * 10 : width, height: isGrid ? height * 8 : height };
    y += layout.height + 1;
    return { ...widget, layout };
  });
}

function move(dashboard: Dashboard, { id, target: { group, place }, along = [] }: Change & { type: 'move' }): Dashboard {
  const found = findWidget(dashboard, id);
  if (!found || (isGroup(found.widget) && group !== undefined)) return dashboard;
  const block = blockAt(id, place, followersOf(dashboard, id, along), group);
  if (isFree(dashboard)) return moveFreely(dashboard, block);
  const movers = block.flatMap((one) => findWidget(dashboard, one.id) ?? []);
  const strangers = movers.filter((mover) => mover.group !== group).map(({ widget }) => widget);
  const base = strangers.reduce((rest, widget) => without(rest, widget.id ?? 0), dashboard);
  const { widgets, columns } = listOf(base, group);
  const places = placeAll(layoutOf(widgets, columns, sizeOf), block, columns);
  return settled(fixed(withList(base, group, withPlaces([...widgets, ...strangers], places))), group);
}

/** Nothing gives way; none of them leaves the edge at the left and on top. */
function moveFreely(dashboard: Dashboard, block: readonly Placed[]): Dashboard {
  const left = Math.min(0, ...block.map(({ x }) => x));
  const top = Math.min(0, ...block.map(({ y }) => y));
  return block.reduce((done, one) => mapWidget(done, one.id, (widget) => withLayout(widget, { ...one, x: one.x - left, y: one.y - top })), dashboard);
}

function resize(dashboard: Dashboard, id: number, { width, height }: { width: number; height: number }): Dashboard {
  const found = findWidget(dashboard, id);
  if (!found) return dashboard;
  if (isFree(dashboard)) return mapWidget(dashboard, id, (widget) => withLayout(widget, { x: widget.layout?.x ?? 0, y: widget.layout?.y ?? 0, width, height }));
  const { widgets, columns } = listOf(dashboard, found.group);
  const places = layoutOf(widgets, columns, sizeOf);
  const own = places.find((place) => place.id === id);
  if (!own) return dashboard;
  const fitting = Math.max(1, Math.min(width, columns - own.x));
  const next = placeIn(places, { ...own, width: fitting, height: Math.max(1, height) }, columns);
  const list = fixed(withList(dashboard, found.group, withPlaces(widgets, next)));
  if (!isGroup(found.widget)) return settled(list, found.group);
  // A narrower group lays its widgets out anew.
  const inner = childrenOf(found.widget);
  const laid = withPlaces(inner, compact(layoutOf(inner, fitting, sizeOf)));
  return settled(withList(list, id, laid), id);
}

function without(dashboard: Dashboard, id: number): Dashboard {
  const found = findWidget(dashboard, id);
  if (!found) return dashboard;
  const { widgets, columns } = listOf(dashboard, found.group);
  const rest = widgets.filter((widget) => widget.id !== id);
  const isLaid = !isFree(dashboard) && rest.some(({ layout }) => clampLayout(layout, columns));
  const list = isLaid ? withPlaces(rest, compact(layoutOf(rest, columns, sizeOf))) : rest;
  return settled(withList(dashboard, found.group, list), found.group);
}

/** Those of one group stay together. */
function duplicates(dashboard: Dashboard, ids: readonly number[]): Dashboard {
  const byGroup = new Map<number | undefined, Widget[]>();
  for (const { widget, group } of allWidgets(dashboard)) {
    if (widget.id !== undefined && ids.includes(widget.id)) byGroup.set(group, [...(byGroup.get(group) ?? []), renumbered(widget)]);
  }
  return [...byGroup].reduce((done, [group, widgets]) => add(done, { type: 'add', widgets, group }), dashboard);
}

function grouped(dashboard: Dashboard, ids: readonly number[], title: string): Dashboard {
  const chosen = dashboard.widgets.filter((widget) => widget.id !== undefined && ids.includes(widget.id) && !isGroup(widget));
  if (chosen.length === 0 || isFree(dashboard)) return dashboard;
  const places = layoutOf(dashboard.widgets, COLUMNS, sizeOf).filter((place) => chosen.some(({ id }) => id === place.id));
  const top = Math.min(...places.map(({ y }) => y));
  const inner = withPlaces(chosen, compact(places.map((place) => ({ ...place, y: place.y - top }))));
  const id = renumbered({ definition: { type: 'group' } }).id ?? 0;
  const group: Widget = { id, definition: { type: 'group', title, layout_type: 'ordered', widgets: inner } };
  const rest = chosen.reduce((left, widget) => without(left, widget.id ?? 0), dashboard);
  const height = 1 + bottomOf(layoutOf(inner, COLUMNS, sizeOf));
  return add(rest, { type: 'add', widgets: [group], target: { place: { x: 0, y: top, width: COLUMNS, height } } });
}

function ungrouped(dashboard: Dashboard, id: number): Dashboard {
  const found = findWidget(dashboard, id);
  if (!found || !isGroup(found.widget)) return dashboard;
  const own = layoutOf(dashboard.widgets, COLUMNS, sizeOf).find((place) => place.id === id);
  const children = childrenOf(found.widget);
  const inner = layoutOf(children, columnsOfGroup(found.widget), sizeOf);
  const rest = without(dashboard, id);
  let places = layoutOf(rest.widgets, COLUMNS, sizeOf);
  for (const place of [...inner].sort((a, b) => a.y - b.y || a.x - b.x)) {
    places = placeIn(places, { ...place, x: place.x + (own?.x ?? 0), y: place.y + (own?.y ?? 0) }, COLUMNS);
  }
  return fixed({ ...rest, widgets: withPlaces([...rest.widgets, ...children], places) });
}

/** `undefined` takes a key away. */
function withSettings(dashboard: Dashboard, patch: Partial<Dashboard>): Dashboard {
  const next: Dashboard = { ...dashboard, ...patch };
  for (const [key, value] of Object.entries(patch)) if (value === undefined) delete next[key];
  return next;
}
