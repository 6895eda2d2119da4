/**
 * Rows to pixels. A row is always as high, so that nothing needs to be measured; but a group is as
 * high as its heading and what is in it, so that what stands below moves up when it is folded.
 */
import { layoutOf, columnsOfGroup, type Place, type Placed, type Size } from './layout';
import type { Widget } from '../model';

/** From one row to the next, and the gap in it. */
export const ROW = 96;
export const GAP = 8;
/** A group's heading, banner, and the edge over and under its widgets. */
export const GROUP_HEAD = 36;
export const GROUP_BANNER = 56;
export const GROUP_EDGE = 8;
/** An empty group has room to drop something. */
const GROUP_EMPTY = ROW - GAP;

export interface Box {
  top: number;
  height: number;
}

export const isGroup = (widget: Widget): boolean => widget.definition.type === 'group';

export function childrenOf(widget: Widget): Widget[] {
  const { widgets } = widget.definition as { widgets?: unknown };
  return Array.isArray(widgets) ? (widgets as Widget[]).filter((child) => typeof child?.definition === 'object' && child.definition !== null) : [];
}

/** The pixels of a group's heading, with the banner over it. */
export function headOf({ definition }: Widget): number {
  const banner = typeof definition['banner_img'] === 'string' && definition['banner_img'] !== '' ? GROUP_BANNER : 0;
  return banner + (definition['show_title'] === false && banner > 0 ? 0 : GROUP_HEAD);
}

/** What a widget without a layout takes: a third, or all of it for a group. */
export function sizeOf(widget: Widget): Size {
  return isGroup(widget) ? { width: 12, height: 3 } : { width: 4, height: 2 };
}

const pixelsOf = (rows: number): number => rows * ROW - GAP;

/** How high a widget is drawn. */
export function heightOf(widget: Widget, place: Place, folded: ReadonlySet<number>): number {
  if (!isGroup(widget)) return pixelsOf(place.height);
  if (widget.id !== undefined && folded.has(widget.id)) return headOf(widget);
  const children = childrenOf(widget);
  const places = layoutOf(children, columnsOfGroup(widget), sizeOf);
  return headOf(widget) + (children.length === 0 ? GROUP_EMPTY : heightOfGrid(stack(children, places, folded))) + 2 * GROUP_EDGE;
}

export function heightOfGrid(boxes: ReadonlyMap<number, Box>): number {
  let bottom = 0;
  for (const { top, height } of boxes.values()) bottom = Math.max(bottom, top + height);
  return bottom;
}

/**
 * The pixels of each row's upper edge, and of the last one's lower edge. Where widgets end, the row
 * below begins under the lowest of them, so that what stands side by side stays in line; rows in
 * which nothing ends lie evenly in between.
 */
export function linesOf(widgets: readonly Widget[], places: readonly Placed[], folded: ReadonlySet<number>): number[] {
  const byId = new Map(widgets.map((widget) => [widget.id ?? 0, widget]));
  const ends = [...new Set(places.map(({ y, height }) => y + height))].sort((a, b) => a - b);
  const lines = [0];
  let before = 0;
  for (const end of ends) {
    const from = lines[before] ?? 0;
    const lineAt = (y: number) => (y <= before ? (lines[y] ?? 0) : from + (y - before) * ROW);
    let to = from + emptyRows(places, before, end) * ROW;
    for (const place of places) {
      if (place.y + place.height !== end) continue;
      const widget = byId.get(place.id);
      to = Math.max(to, lineAt(place.y) + (widget ? heightOf(widget, place, folded) : pixelsOf(place.height)) + GAP);
    }
    for (let y = before + 1; y <= end; y += 1) lines[y] = y === end ? to : Math.min(lineAt(y), from + ((to - from) * (y - before)) / (end - before));
    before = end;
  }
  return lines;
}

function emptyRows(places: readonly Place[], from: number, to: number): number {
  let count = 0;
  for (let row = from; row < to; row += 1) if (!places.some(({ y, height }) => y <= row && row < y + height)) count += 1;
  return count;
}

/** Where each widget is drawn. A group that stands beside something higher is as high. */
export function stack(widgets: readonly Widget[], places: readonly Placed[], folded: ReadonlySet<number>): Map<number, Box> {
  const byId = new Map(widgets.map((widget) => [widget.id ?? 0, widget]));
  const lines = linesOf(widgets, places, folded);
  return new Map(
    places.map((place) => {
      const widget = byId.get(place.id);
      const top = lines[place.y] ?? 0;
      const own = widget ? heightOf(widget, place, folded) : pixelsOf(place.height);
      const isOpenGroup = widget !== undefined && isGroup(widget) && !folded.has(place.id);
      return [place.id, { top, height: isOpenGroup ? Math.max(own, (lines[place.y + place.height] ?? 0) - top - GAP) : own }];
    }),
  );
}

/** The row whose edge is nearest. */
export function rowAt(top: number, lines: readonly number[]): number {
  const last = lines.length - 1;
  const bottom = lines[last] ?? 0;
  if (top > bottom) return last + Math.round((top - bottom) / ROW);
  let best = 0;
  for (let y = 1; y <= last; y += 1) if (Math.abs((lines[y] ?? 0) - top) < Math.abs((lines[best] ?? 0) - top)) best = y;
  return best;
}
