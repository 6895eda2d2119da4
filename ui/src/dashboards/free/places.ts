/** Where widgets of a free dashboard stand, in its units. */
import { layoutOf, type Placed } from '../grid/layout';
import type { Widget } from '../model';

const WIDTH_MAX = 2000;
const HEIGHT_MAX = 5000;

const wholeOf = (value: unknown, fallback: number, most: number): number =>
  typeof value === 'number' && Number.isFinite(value) ? Math.max(0, Math.min(most, Math.round(value))) : fallback;

/** Free places may overlap; what has none stands below the others. */
export function freePlaces(widgets: readonly Widget[]): Placed[] {
  const known = widgets.filter(({ layout }) => layout && typeof layout === 'object').map(({ id, layout }) => ({
    id: id ?? 0,
    x: wholeOf(layout?.x, 0, WIDTH_MAX),
    y: wholeOf(layout?.y, 0, HEIGHT_MAX),
    width: Math.max(2, wholeOf(layout?.width, 47, WIDTH_MAX)),
    height: Math.max(2, wholeOf(layout?.height, 15, HEIGHT_MAX)),
  }));
  const bottom = known.reduce((low, { y, height }) => Math.max(low, y + height), 0);
  const rest = layoutOf(widgets.filter(({ layout }) => !layout || typeof layout !== 'object'), 144, () => ({ width: 47, height: 15 }));
  return [...known, ...rest.map((place) => ({ ...place, y: place.y + bottom + (bottom > 0 ? 1 : 0) }))];
}
