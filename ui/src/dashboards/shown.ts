/** What of a dashboard is shown. */
import type { TileSize } from './board';
import { clampLayout, compact, layoutOf } from './grid/layout';
import { sizeOf } from './grid/pixels';
import { COLUMNS, type Dashboard } from './model';
import { tabAt, widgetsOfTab } from './tabs/tabs';

const SIZES: readonly TileSize[] = ['s', 'm', 'l', 'xl'];

/** The size of widgets that flow; undefined when they have places. */
export function tileSizeOf(dashboard: Pick<Dashboard, 'layout_type' | 'widgets'>, wanted: string | undefined): TileSize | undefined {
  const hasPlaces = dashboard.widgets.some(({ layout }) => clampLayout(layout, COLUMNS));
  if (dashboard.layout_type === 'free' || hasPlaces || dashboard.widgets.length === 0) return undefined;
  return SIZES.find((size) => size === wanted) ?? 'm';
}

/** The dashboard with the widgets of one tab alone, moved up. */
export function ofTab(dashboard: Dashboard, tab: string | undefined): Dashboard {
  if (!tabAt(dashboard, tab)) return dashboard;
  const widgets = [...widgetsOfTab(dashboard, tab)];
  // Those that flow have no places here either.
  if (dashboard.layout_type === 'free' || !widgets.some(({ layout }) => clampLayout(layout, COLUMNS))) return { ...dashboard, widgets };
  const places = new Map(compact(layoutOf(widgets, COLUMNS, sizeOf)).map((place) => [place.id, place]));
  return {
    ...dashboard,
    widgets: widgets.map((widget) => {
      const { layout } = widget;
      const place = places.get(widget.id ?? 0);
      if (!place || (layout && layout.x === place.x && layout.y === place.y && layout.width === place.width && layout.height === place.height)) return widget;
      const { id: _, ...own } = place;
      return { ...widget, layout: { ...layout, ...own } };
    }),
  };
}
