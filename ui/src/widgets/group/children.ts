/** The widgets of a group and where they stand in its 12 columns. */
import { COLUMNS, type Widget } from '../../dashboards/model';
import { bag, list, number } from '../parts/read';

export interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** More than a dashboard holds; broken numbers end here. */
const ROWS_MAX = 2000;

export function childrenOf(widgets: unknown): Widget[] {
  return list(widgets).filter((widget): widget is Widget => typeof bag(bag(widget)['definition'])['type'] === 'string');
}

/** Their own places within the columns; those without one flow below, three a row. */
export function placesOf(widgets: readonly Widget[]): Place[] {
  const known = widgets.map((widget) => placeOf(widget.layout));
  let bottom = Math.max(0, ...known.map((place) => (place ? place.y + place.height : 0)));
  let x = 0;
  return known.map((place) => {
    if (place) return place;
    if (x + 4 > COLUMNS) [x, bottom] = [0, bottom + 2];
    const flowing = { x, y: bottom, width: 4, height: 2 };
    x += 4;
    return flowing;
  });
}

function placeOf(layout: unknown): Place | undefined {
  const { x, y, width, height } = bag(layout);
  const [left, top, columns, rows] = [whole(x, 0), whole(y, 0), whole(width, 1), whole(height, 1)];
  if (left === undefined || top === undefined || columns === undefined || rows === undefined) return undefined;
  const fitting = Math.min(columns, COLUMNS);
  return { x: Math.min(left, COLUMNS - fitting), y: top, width: fitting, height: rows };
}

function whole(value: unknown, least: number): number | undefined {
  const read = number(value);
  return read === undefined ? undefined : Math.min(ROWS_MAX, Math.max(least, Math.round(read)));
}
