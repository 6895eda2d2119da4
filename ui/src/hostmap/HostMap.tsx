/**
 * The map of hexagons: canvas for the hosts, elements for the groups' names. One hexagon has the
 * keyboard's focus; it is told to screen readers as the active option of a list.
 */
import { memo, useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';

import { mapColors } from './colors';
import { paintBase, paintOverlay, type View } from './draw';
import type { Section } from './groups';
import styles from './hostmap.module.css';
import { layOut, type Label, type Layout } from './layout';
import { neighbour, picker, type Direction } from './pick';
import type { PaletteName, Theme } from './scale';
import type { MapHost, MapValues } from './types';
import { useSize } from './use-size';

export interface HostMapProps {
  label: string;
  hosts: readonly MapHost[];
  sections: readonly Section[];
  values: MapValues;
  domain: readonly [number, number];
  palette: PaletteName;
  isFlipped: boolean;
  theme: Theme;
  format: (value: number) => string;
  /** The host whose panel is open. */
  open: string | undefined;
  onOpen: (host: string) => void;
  /** A click on a group's name, with the values that lead to it. */
  onGroup: (path: readonly string[]) => void;
  /** What the pointer's card says. */
  card: (host: number) => ReactNode;
}

const ARROWS: Record<string, Direction> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };
/** Kept free around the card, in pixels. */
const CARD = { width: 280, height: 190, gap: 14 };

export function HostMap(props: HostMapProps) {
  const { hosts, sections, values, domain, palette, isFlipped, theme, format } = props;
  const frame = useRef<HTMLDivElement>(null);
  const base = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const size = useSize(frame);
  const [top, setTop] = useState(0);
  const [hovered, setHovered] = useState<Pointed | null>(null);
  const [focused, setFocused] = useState(-1);
  const [hasKeyboard, setKeyboard] = useState(false);

  const layout = useMemo(() => layOut(sections, size?.width ?? 0, size?.height ?? 0), [sections, size]);
  const find = useMemo(() => picker(layout), [layout]);
  const colors = useMemo(() => mapColors(palette, theme, isFlipped), [palette, theme, isFlipped]);
  const view = useMemo<View>(() => ({ top, width: size?.width ?? 0, height: size?.height ?? 0 }), [top, size]);
  const focus = Math.min(focused, layout.xs.length - 1);
  const open = useMemo(() => (props.open === undefined ? -1 : hosts.findIndex(({ name }) => name === props.open)), [hosts, props.open]);
  // What the pointer was over may be elsewhere after a change.
  const pointed = hovered && hovered.layout === layout ? hovered : null;

  // Several maps may stand on one page.
  const activeId = useId();

  useLayoutEffect(() => {
    if (!base.current || !size) return;
    const start = performance.now();
    paintBase(base.current, { layout, hosts, values, domain, colors, format, view });
    tell('hostmap.paint', start);
  }, [layout, hosts, values, domain, colors, format, view, size]);

  useLayoutEffect(() => {
    if (!overlay.current || !size) return;
    paintOverlay(overlay.current, layout, view, colors, { hovered: pointed?.cell ?? -1, focused: hasKeyboard ? focus : -1, open });
  }, [layout, view, colors, pointed?.cell, focus, hasKeyboard, open, size]);

  const point = (event: PointerEvent) => {
    const box = frame.current?.getBoundingClientRect();
    if (!box) return;
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const cell = find.at(x, y + top);
    setHovered(cell < 0 ? null : { cell, x, y, layout });
  };
  const show = (cell: number) => {
    setFocused(cell);
    const [y, box] = [layout.ys[cell], frame.current];
    if (y === undefined || !box) return;
    if (y - 2 * layout.radius < box.scrollTop) box.scrollTop = y - 2 * layout.radius;
    else if (y + 2 * layout.radius > box.scrollTop + box.clientHeight) box.scrollTop = y + 2 * layout.radius - box.clientHeight;
  };
  const openCell = (cell: number) => {
    const host = hosts[layout.hosts[cell] ?? -1];
    if (host) props.onOpen(host.name);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== frame.current || event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = ARROWS[event.key];
    if (direction) show(neighbour(layout, focus, direction));
    else if (event.key === 'Home') show(0);
    else if (event.key === 'End') show(layout.xs.length - 1);
    else if (event.key === 'Enter' && focus >= 0) openCell(focus);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const valueCount = useMemo(() => values.fill.filter((value) => value !== null).length, [values.fill]);
  const active = hosts[layout.hosts[focus] ?? -1];
  const activeValue = values.fill[layout.hosts[focus] ?? -1] ?? null;
  return (
    <div className={styles.place}>
      <div
        ref={frame}
        className={styles.frame}
        role="listbox"
        aria-label={props.label}
        aria-activedescendant={active ? activeId : undefined}
        tabIndex={0}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        onPointerMove={point}
        onPointerLeave={() => setHovered(null)}
        onClick={(event) => {
          if (pointed && event.target === overlay.current) {
            setFocused(pointed.cell);
            openCell(pointed.cell);
          }
        }}
        onFocus={(event) => {
          setKeyboard(event.currentTarget.matches(':focus-visible'));
          if (focused < 0) setFocused(0);
        }}
        onBlur={() => setKeyboard(false)}
        onKeyDown={onKeyDown}
        data-values={valueCount}
      >
        <div className={styles.content} style={{ height: Math.max(layout.height, 1) }} role="presentation">
          <div className={styles.stage} style={{ height: size?.height ?? 0 }}>
            <canvas ref={base} className={styles.canvas} aria-hidden />
            <canvas ref={overlay} className={styles.canvas} style={{ cursor: pointed ? 'pointer' : 'default' }} aria-hidden />
          </div>
          <Labels layout={layout} view={view} onGroup={props.onGroup} />
        </div>
        {active && (
          <span role="option" id={activeId} data-active-host aria-selected={active.name === props.open} className="sr-only">
            {active.name}: {activeValue === null ? 'no data' : format(activeValue)}
          </span>
        )}
      </div>
      {pointed && size && (
        <div className={styles.card} style={cardPlace(pointed, size)}>
          {props.card(layout.hosts[pointed.cell] ?? -1)}
        </div>
      )}
    </div>
  );
}

interface Pointed {
  cell: number;
  x: number;
  y: number;
  layout: Layout;
}

/** Beside the pointer, on the side that has room. */
function cardPlace({ x, y }: Pointed, { width, height }: { width: number; height: number }) {
  const isLeft = x + CARD.gap + CARD.width > width;
  const isAbove = y + CARD.gap + CARD.height > height;
  return {
    ...(isLeft ? { right: width - x + CARD.gap } : { left: x + CARD.gap }),
    ...(isAbove ? { bottom: Math.max(0, height - y + CARD.gap) } : { top: y + CARD.gap }),
  };
}

/** For the browser's own performance tools; only the newest is kept. */
function tell(name: string, start: number): void {
  performance.clearMeasures(name);
  performance.measure(name, { start, end: performance.now() });
}

interface LabelsProps {
  layout: Layout;
  view: View;
  onGroup: (path: readonly string[]) => void;
}

/** The groups' names that are in view. */
const Labels = memo(function Labels({ layout, view, onGroup }: LabelsProps) {
  const isSeen = ({ y }: Label) => y > view.top - 40 && y < view.top + view.height;
  return layout.labels.filter(isSeen).map((label) => (
    <button
      key={label.path.join('\n')}
      type="button"
      tabIndex={-1}
      aria-hidden
      className={label.level === 0 ? styles.section : styles.group}
      style={{ left: label.x, top: label.y, width: label.width }}
      title={`${label.text}: ${label.count}. Click to see only these.`}
      onClick={() => onGroup(label.path)}
    >
      <span className={styles.name}>{label.text}</span>
      <span className={styles.count}>{label.count.toLocaleString('en-US')}</span>
    </button>
  ));
});
