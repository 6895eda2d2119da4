/**
 * A free dashboard: widgets stand where they were put, in units of a tenth of an old screen. All of
 * it is scaled to the width, by CSS alone.
 */
import { useEffect, useMemo, useRef } from 'react';

import type { Widget } from '../model';
import { ROOT, useDrag, type GridHandle } from '../grid/drag';
import { Frame } from '../grid/Frame';
import { layoutOf, type Placed } from '../grid/layout';
import styles from './free.module.css';

/** What a unit is where there is room for it. */
const UNIT_MAX = 12;
const UNIT_MIN = 5;
/** Boards that use less are drawn as if they were as wide. */
const WIDTH_MIN = 60;
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

export function FreeGrid({ widgets }: { widgets: readonly Widget[] }) {
  const [drag, state] = useDrag();
  const element = useRef<HTMLDivElement>(null);
  const own = useMemo(() => freePlaces(widgets), [widgets]);
  const places = state?.over === ROOT ? own.map((place) => (place.id === state.id ? { ...place, ...state.place } : place)) : own;
  const width = own.reduce((most, place) => Math.max(most, place.x + place.width), WIDTH_MIN);
  const height = places.reduce((most, place) => Math.max(most, place.y + place.height), 10);
  useEffect(() => {
    const grid = element.current;
    if (!drag || !grid) return;
    const handle: GridHandle = {
      element: grid,
      group: undefined,
      takes: () => true,
      cellAt(rect, given, id) {
        const edge = grid.getBoundingClientRect();
        const unit = unitOf(grid);
        // What comes from the tray is in columns and rows.
        const size = id === 0 ? { width: given.width * 12, height: given.height * 8 } : given;
        return { x: Math.max(0, Math.round((rect.left - edge.left) / unit)), y: Math.max(0, Math.round((rect.top - edge.top) / unit)), width: size.width, height: size.height };
      },
    };
    return drag.register(ROOT, handle);
  }, [drag]);
  const byId = new Map(widgets.map((widget) => [widget.id ?? 0, widget]));
  const unit = `clamp(${UNIT_MIN}px, 100cqw / ${width}, ${UNIT_MAX}px)`;
  return (
    <div className={styles.place}>
      <div ref={element} className={styles.free} data-grid={ROOT} style={{ '--unit': unit, height: `calc(var(--unit) * ${height})`, width: `calc(var(--unit) * ${width})` } as React.CSSProperties}>
        <span className={styles.unit} data-unit />
        {own.map(({ id }) => {
          const widget = byId.get(id);
          const place = places.find((candidate) => candidate.id === id);
          if (!widget || !place) return null;
          return (
            <div key={id} className={styles.cell} style={styleOf(place)}>
              <Frame widget={widget} place={place} gridKey={ROOT} columns={width} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** The unit in pixels, as the browser computed it. */
function unitOf(grid: HTMLElement): number {
  return (grid.querySelector<HTMLElement>('[data-unit]')?.getBoundingClientRect().width ?? 100) / 10;
}

function styleOf({ x, y, width, height }: Placed) {
  const units = (n: number) => `calc(var(--unit) * ${n})`;
  return { left: units(x), top: units(y), width: units(width), height: units(height) };
}
