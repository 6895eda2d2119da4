/**
 * Widgets on a grid of 12 columns, or as many as the group around them has. Places are percent and
 * constant rows, so that the first paint is the last: nothing is measured.
 */
import { useEffect, useMemo, useRef } from 'react';

import { useBoard, type TileSize } from '../board';
import { COLUMNS, type Widget } from '../model';
import { movedTo, ROOT, useDrag, type DragState, type GridHandle } from './drag';
import { Frame } from './Frame';
import { useFrame } from './frame-context';
import styles from './grid.module.css';
import { halves, layoutOf, placeAll, type Placed, type Size } from './layout';
import { GAP, heightOfGrid, isGroup, linesOf, ROW, rowAt, sizeOf, stack } from './pixels';

interface Props {
  widgets: readonly Widget[];
  columns?: number;
  /** The group that these are of. */
  group?: number | undefined;
}

/** The dashboard's own grid: in two halves where there is room for them. */
export function RootGrid({ widgets }: { widgets: readonly Widget[] }) {
  const { isWide, editing, tileSize } = useBoard();
  const parts = useMemo(() => (isWide && !editing && tileSize === undefined ? split(widgets) : undefined), [isWide, editing, tileSize, widgets]);
  if (!parts) return <WidgetGrid widgets={widgets} />;
  return (
    <div className={styles.halves}>
      {parts.map((part, at) => (
        <WidgetGrid key={at} widgets={part} />
      ))}
    </div>
  );
}

/** The widgets of each half, with places of their own. */
function split(widgets: readonly Widget[]): [Widget[], Widget[]] | undefined {
  const breakId = widgets.find(({ layout }) => layout?.is_column_break === true)?.id;
  const cut = halves(layoutOf(widgets, COLUMNS, sizeOf), breakId);
  const of = (places: readonly Placed[]) =>
    places.flatMap(({ id, ...layout }) => {
      const widget = widgets.find((candidate) => candidate.id === id);
      return widget ? [{ ...widget, layout }] : [];
    });
  return cut && [of(cut[0]), of(cut[1])];
}

/** What is in a group. */
export function GroupGrid({ widgets }: { widgets: readonly Widget[] }) {
  const { id, columns } = useFrame();
  return (
    <div className={styles.group}>
      <WidgetGrid widgets={widgets} columns={columns} group={id} />
    </div>
  );
}

export function WidgetGrid({ widgets, columns = COLUMNS, group }: Props) {
  const { folded, tileSize } = useBoard();
  const [drag, state] = useDrag();
  const key = group === undefined ? ROOT : String(group);
  const own = useMemo(() => layoutOf(widgets, columns, group === undefined && tileSize ? tileOf(tileSize) : sizeOf), [widgets, columns, group, tileSize]);
  const places = useMemo(() => previewOf(own, state, group, columns), [own, state, group, columns]);
  const boxes = useMemo(() => stack(widgets, places, folded), [widgets, places, folded]);
  const element = useRef<HTMLDivElement>(null);
  useHandle(element, { key, group, columns, own, widgets });
  const moved = state && state.over === key ? new Set(movedTo(state, group).map(({ id }) => id)) : undefined;
  const ghosts = moved ? places.filter(({ id }) => moved.has(id)) : [];
  const height = heightOfGrid(boxes);
  const byId = new Map(widgets.map((widget) => [widget.id ?? 0, widget]));
  // In reading order, for the keyboard and for screen readers.
  const shown = useMemo(() => [...own].sort((a, b) => a.y - b.y || a.x - b.x), [own]);
  return (
    <div ref={element} className={styles.grid} data-grid={key} style={{ height, minHeight: drag ? ROW - GAP : undefined }}>
      {ghosts.map((ghost) => (
        <div key={`ghost ${ghost.id}`} className={styles.ghost} style={styleOf(ghost, boxes.get(ghost.id) ?? { top: 0, height: ROW }, columns)} />
      ))}
      {shown.map(({ id }) => {
        const widget = byId.get(id);
        const place = places.find((candidate) => candidate.id === id) ?? own.find((candidate) => candidate.id === id);
        const box = boxes.get(id) ?? { top: 0, height: ROW };
        if (!widget || !place) return null;
        return (
          <div key={id} className={styles.cell} style={styleOf(place, box, columns)}>
            <Frame widget={widget} place={place} gridKey={key} columns={columns} />
          </div>
        );
      })}
    </div>
  );
}

const TILES: Readonly<Record<TileSize, Size>> = { s: { width: 3, height: 2 }, m: { width: 4, height: 2 }, l: { width: 6, height: 3 }, xl: { width: 12, height: 4 } };

const tileOf = (size: TileSize) => (widget: Widget): Size => (isGroup(widget) ? sizeOf(widget) : TILES[size]);

function styleOf({ x, width }: Placed, { top, height }: { top: number; height: number }, columns: number) {
  return {
    left: `calc(${(x / columns) * 100}% + ${(x / columns) * GAP}px)`,
    width: `calc(${(width / columns) * 100}% - ${GAP - (width / columns) * GAP}px)`,
    top,
    height,
  };
}

/** How things would stand if what is dragged were dropped now. */
function previewOf(own: readonly Placed[], state: DragState | null, group: number | undefined, columns: number): readonly Placed[] {
  // What is over another grid leaves its room until it is dropped.
  return state && state.over === (group === undefined ? ROOT : String(group)) ? placeAll(own, movedTo(state, group), columns) : own;
}

interface HandleOf {
  key: string;
  group: number | undefined;
  columns: number;
  own: readonly Placed[];
  widgets: readonly Widget[];
}

/** Tells the drag where this grid's cells are. */
function useHandle(element: React.RefObject<HTMLDivElement | null>, of: HandleOf): void {
  const [drag] = useDrag();
  const { folded } = useBoard();
  const latest = useRef({ ...of, folded });
  useEffect(() => {
    latest.current = { ...of, folded };
  });
  useEffect(() => {
    const grid = element.current;
    if (!drag || !grid) return;
    const handle: GridHandle = {
      element: grid,
      group: of.group,
      takes: (widget) => of.group === undefined || !isGroup(widget),
      cellAt(rect, size, ids) {
        const { columns, own, widgets, folded: closed } = latest.current;
        const edge = grid.getBoundingClientRect();
        const width = Math.min(size.width, columns);
        const column = (edge.width + GAP) / columns;
        const x = Math.max(0, Math.min(columns - width, Math.round((rect.left - edge.left) / column)));
        const others = own.filter((place) => !ids.includes(place.id));
        return { x, y: rowAt(rect.top - edge.top, linesOf(widgets, others, closed)), width, height: size.height };
      },
    };
    return drag.register(of.key, handle);
  }, [drag, element, of.key, of.group]);
}
