/**
 * A free dashboard: widgets stand where they were put, in units of a tenth of an old screen. All of
 * it is scaled to the width, by CSS alone.
 */
import { useEffect, useMemo, useRef } from 'react';

import type { Widget } from '../model';
import { movedTo, ROOT, useDrag, type GridHandle } from '../grid/drag';
import { Frame } from '../grid/Frame';
import type { Placed } from '../grid/layout';
import styles from './free.module.css';
import { freePlaces } from './places';

/** What a unit is where there is room for it. */
const UNIT_MAX = 12;
const UNIT_MIN = 5;
/** Boards that use less are drawn as if they were as wide. */
const WIDTH_MIN = 60;
export function FreeGrid({ widgets }: { widgets: readonly Widget[] }) {
  const [drag, state] = useDrag();
  const element = useRef<HTMLDivElement>(null);
  const own = useMemo(() => freePlaces(widgets), [widgets]);
  const moved = state?.over === ROOT ? movedTo(state, undefined) : [];
  const places = own.map((place) => moved.find(({ id }) => id === place.id) ?? place);
  const width = own.reduce((most, place) => Math.max(most, place.x + place.width), WIDTH_MIN);
  const height = places.reduce((most, place) => Math.max(most, place.y + place.height), 10);
  useEffect(() => {
    const grid = element.current;
    if (!drag || !grid) return;
    const handle: GridHandle = {
      element: grid,
      group: undefined,
      takes: () => true,
      cellAt(rect, given, [id]) {
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
