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

/** Where each widget is drawn: under what is above it, with the rows between that are left free. */
export function stack(widgets: readonly Widget[], places: readonly Placed[], folded: ReadonlySet<number>): Map<number, Box> {
  const byId = new Map(widgets.map((widget) => [widget.id ?? 0, widget]));
  const boxes = new Map<number, Box>();
  const done: Placed[] = [];
  for (const place of [...places].sort((a, b) => a.y - b.y || a.x - b.x)) {
    const widget = byId.get(place.id);
    const height = widget ? heightOf(widget, place, folded) : pixelsOf(place.height);
    boxes.set(place.id, { top: topOf(place, done, boxes), height });
    done.push(place);
  }
  return boxes;
}

/** The pixels of a row, for something of these columns: under the lowest of what is above it. */
export function topOf(place: Place, others: readonly Placed[], boxes: ReadonlyMap<number, Box>): number {
  let [top, end] = [0, 0];
  for (const other of others) {
    const box = boxes.get(other.id);
    if (!box || other.y + other.height > place.y || other.x >= place.x + place.width || place.x >= other.x + other.width) continue;
    end = Math.max(end, other.y + other.height);
    top = Math.max(top, box.top + box.height + GAP);
  }
  return top + (place.y - end) * ROW;
}

/** The row whose pixels are nearest, for something of these columns. */
export function rowAt(top: number, place: Place, others: readonly Placed[], boxes: ReadonlyMap<number, Box>): number {
  const last = others.reduce((bottom, { y, height }) => Math.max(bottom, y + height), 0);
  let best = 0;
  let distance = Number.POSITIVE_INFINITY;
  for (let y = 0; y <= last; y += 1) {
    const away = Math.abs(rowTop({ ...place, y }, others, boxes) - top);
    if (away >= distance) continue;
    best = y;
    distance = away;
  }
  return best;
}

/** Within something that is higher than a row, its rows count; else as if placed there. */
function rowTop(place: Place, others: readonly Placed[], boxes: ReadonlyMap<number, Box>): number {
  const inside = others.find(({ x, y, width, height }) => y <= place.y && place.y < y + height && x < place.x + place.width && place.x < x + width);
  const box = inside && boxes.get(inside.id);
  if (!inside || !box) return topOf(place, others, boxes);
  return box.top + ((place.y - inside.y) / inside.height) * (box.height + GAP);
}
