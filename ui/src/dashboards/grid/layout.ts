/**
 * Where widgets stand, in columns and rows: no pixels here.
 *
 * `layoutOf` reads what a dashboard says, whole or not; `place` puts widgets somewhere and lets
 * the others give way; `compact` closes the gaps upwards. No two places ever overlap afterwards.
 */
import { COLUMNS, type Widget, type WidgetLayout } from '../model';

export interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Placed extends Place {
  id: number;
}

/** More rows than any dashboard has; broken numbers end here. */
const ROWS_MAX = 10_000;

export function overlaps(a: Place, b: Place): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

export function bottomOf(places: readonly Place[]): number {
  return places.reduce((bottom, { y, height }) => Math.max(bottom, y + height), 0);
}

/** In reading order: by row, then by column. */
function byPlace(a: Place, b: Place): number {
  return a.y - b.y || a.x - b.x;
}

const whole = (value: unknown, least: number): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? Math.min(ROWS_MAX, Math.max(least, Math.round(value))) : undefined;

/** A layout within the columns; undefined when it says too little. */
export function clampLayout(layout: Partial<WidgetLayout> | null | undefined, columns: number): Place | undefined {
  const [x, y] = [whole(layout?.x, 0), whole(layout?.y, 0)];
  const [width, height] = [whole(layout?.width, 1), whole(layout?.height, 1)];
  if (x === undefined || y === undefined || width === undefined || height === undefined) return undefined;
  const fitting = Math.min(width, columns);
  return { x: Math.min(x, columns - fitting), y, width: fitting, height };
}

/** What a widget without a layout takes. */
export interface Size {
  width: number;
  height: number;
}

/**
 * The places of widgets: their own, or flowing after each other where they have none. Widgets that
 * claim the same place are moved apart.
 */
export function layoutOf(widgets: readonly Widget[], columns: number, sizeOf: (widget: Widget) => Size): Placed[] {
  const known: Placed[] = [];
  const flowing: Widget[] = [];
  for (const widget of widgets) {
    const place = clampLayout(widget.layout, columns);
    if (place) known.push({ id: widget.id ?? 0, ...place });
    else flowing.push(widget);
  }
  const places = settle(known);
  const top = bottomOf(places);
  let [x, y, rowHeight] = [0, top, 0];
  for (const widget of flowing) {
    const size = sizeOf(widget);
    const width = Math.min(size.width, columns);
    if (x + width > columns) [x, y, rowHeight] = [0, y + rowHeight, 0];
    places.push({ id: widget.id ?? 0, x, y, width, height: size.height });
    x += width;
    rowHeight = Math.max(rowHeight, size.height);
  }
  return places;
}

/**
 * Moves down what overlaps something before it; gaps stay. Many dashboards count their rows anew in
 * the second column, or after a group that was taken apart: what follows such a one follows it down.
 */
function settle(places: readonly Placed[]): Placed[] {
  const done: Placed[] = [];
  let offset = 0;
  for (const place of places) {
    const isFree = (y: number) => !done.some((other) => overlaps({ ...place, y }, other));
    if (!isFree(place.y) && !isFree(place.y + offset)) offset = Math.max(0, bottomOf(done) - place.y);
    done.push({ ...place, y: isFree(place.y) ? place.y : place.y + offset });
  }
  return done;
}

/** The same place, as far down as it must be to be free. */
function lower<P extends Place>(place: P, taken: readonly Place[]): P {
  let free = place;
  for (;;) {
    const hit = taken.find((other) => overlaps(free, other));
    if (!hit) return free;
    free = { ...free, y: hit.y + hit.height };
  }
}

/** Everything as far up as it can go, in reading order. */
export function compact(places: readonly Placed[]): Placed[] {
  const done: Placed[] = [];
  for (const place of [...places].sort(byPlace)) {
    const above = done.filter(({ x, width }) => x < place.x + place.width && place.x < x + width);
    done.push({ ...place, y: bottomOf(above) });
  }
  return done;
}

/**
 * Puts one widget at a place; the others give way downwards, then all close up. What it is held
 * over by less than a half stays above it.
 */
export function place(places: readonly Placed[], moved: Placed, columns: number): Placed[] {
  return placeAll(places, [moved], columns);
}

/** The same for several, which keep their places among each other. */
export function placeAll(places: readonly Placed[], moved: readonly Placed[], columns: number): Placed[] {
  const wanted = within(moved, columns);
  const ids = new Set(moved.map(({ id }) => id));
  const others = places.filter(({ id }) => !ids.has(id)).sort(byPlace);
  let down = 0;
  for (const one of wanted) {
    const above = others.filter((other) => other.y < one.y && overlaps(other, one) && other.y + other.height / 2 <= one.y + 1);
    down = Math.max(down, bottomOf(above) - one.y);
  }
  const done: Placed[] = [];
  for (const one of wanted.sort(byPlace)) done.push(lower({ ...one, y: one.y + down }, done));
  for (const other of others) done.push(lower(other, done));
  return compact(done);
}

/** All of it moved as far as it must be to be within the columns, then each by itself. */
function within(block: readonly Placed[], columns: number): Placed[] {
  const left = Math.min(...block.map(({ x }) => x));
  const right = Math.max(...block.map(({ x, width }) => x + Math.min(width, columns)));
  const top = Math.min(...block.map(({ y }) => y));
  const shift = right - left > columns || left < 0 ? -left : Math.min(0, columns - right);
  return block.map((one) => ({ ...one, ...clampLayout({ ...one, x: one.x + shift, y: one.y - Math.min(0, top) }, columns) }));
}

/** The first free spot for something new, in reading order. */
export function freeSpot(places: readonly Place[], size: Size, columns: number): Place {
  const width = Math.min(size.width, columns);
  const bottom = bottomOf(places);
  for (let y = Math.max(0, bottom - size.height); y < bottom; y += 1) {
    for (let x = 0; x + width <= columns; x += 1) {
      const spot = { x, y, width, height: size.height };
      if (!places.some((other) => overlaps(spot, other))) return spot;
    }
  }
  return { x: 0, y: bottom, width, height: size.height };
}

/**
 * Two halves for wide screens: from the widget that says so on, else where both are about as high.
 * Undefined when there is no clean cut between rows.
 */
export function halves(places: readonly Placed[], breakId: number | undefined): [Placed[], Placed[]] | undefined {
  const cuts = [...new Set(places.map(({ y }) => y))].filter((y) => y > 0 && !places.some((place) => place.y < y && place.y + place.height > y));
  const wanted = places.find(({ id }) => id === breakId)?.y;
  const middle = bottomOf(places) / 2;
  const cut = wanted !== undefined && cuts.includes(wanted) ? wanted : cuts.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
  if (cut === undefined) return undefined;
  const right = places.filter(({ y }) => y >= cut).map((place) => ({ ...place, y: place.y - cut }));
  return [places.filter(({ y }) => y < cut), right];
}

/** Columns of a group: its own width on the grid, or as many as its widgets use. */
export function columnsOfGroup(widget: Widget): number {
  const own = clampLayout(widget.layout, COLUMNS)?.width;
  return own ?? COLUMNS;
}
