/** What of a dashboard is shown. */
import type { TileSize } from './board';
import { clampLayout, compact, layoutOf } from './grid/layout';
import { sizeOf } from './grid/pixels';
import { COLUMNS, type Dashboard } from './model';

const SIZES: readonly TileSize[] = ['s', 'm', 'l', 'xl'];

/** The size of widgets that flow; undefined when they have places. */
export function tileSizeOf(dashboard: Pick<Dashboard, 'layout_type' | 'widgets'>, wanted: string | undefined): TileSize | undefined {
  const hasPlaces = dashboard.widgets.some(({ layout }) => clampLayout(layout, COLUMNS));
  if (dashboard.layout_type === 'free' || hasPlaces || dashboard.widgets.length === 0) return undefined;
  return SIZES.find((size) => size === wanted) ?? 'm';
}

/** The widgets of a tab, moved up; the first tab has what is in none as well. */
export function ofTab(dashboard: Dashboard, tab: string | undefined): Dashboard {
  const tabs = dashboard.tabs ?? [];
  const chosen = tabs.find(({ id }) => id === tab) ?? tabs[0];
  if (!chosen) return dashboard;
  const others = new Set(tabs.filter((other) => other !== chosen).flatMap((other) => other.widget_ids ?? []));
  const own = new Set(chosen.widget_ids ?? []);
  const isFirst = chosen === tabs[0];
  const widgets = dashboard.widgets.filter(({ id }) => id !== undefined && (own.has(id) || (isFirst && !others.has(id))));
  if (dashboard.layout_type === 'free') return { ...dashboard, widgets };
  const places = new Map(compact(layoutOf(widgets, COLUMNS, sizeOf)).map((place) => [place.id, place]));
  return {
    ...dashboard,
    widgets: widgets.map((widget) => {
      const place = places.get(widget.id ?? 0);
      if (!place) return widget;
      const { id: _, ...layout } = place;
      return { ...widget, layout: { ...widget.layout, ...layout } };
    }),
  };
}
