/** Which part of a map is shown: dragged, zoomed by buttons, by keys, by a double click, and by the wheel with Ctrl. */
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type RefObject } from 'react';

import type { View } from './focus';

const ZOOM_MOST = 40;
const ZOOM_STEP = 1.6;
const WHEEL = 0.0022;
/** Of the view, by an arrow key. */
const PAN_STEP = 0.15;
/** Pixels; less is a click. */
const DRAG_LEAST = 3;

/** The part of `home` that is `factor` times as near, with `at` (shares of the view) staying where it is. */
export function zoomed([x, y, width, height]: View, home: View, factor: number, at: readonly [number, number] = [0.5, 0.5]): View {
  const next = Math.min(home[2], Math.max(home[2] / ZOOM_MOST, width / factor));
  const scale = next / width;
  return within([x + (width - next) * at[0], y + (height - height * scale) * at[1], next, height * scale], home);
}

/** Moved by shares of the view, within what it is a part of. */
export function panned([x, y, width, height]: View, home: View, dx: number, dy: number): View {
  return within([x + dx * width, y + dy * height, width, height], home);
}

function within([x, y, width, height]: View, [left, top, whole, high]: View): View {
  const clamp = (value: number, from: number, to: number) => Math.min(Math.max(value, from), Math.max(from, to));
  return [clamp(x, left, left + whole - width), clamp(y, top, top + high - height), width, height];
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-PAN_STEP, 0], ArrowRight: [PAN_STEP, 0], ArrowUp: [0, -PAN_STEP], ArrowDown: [0, PAN_STEP] };

export function usePanZoom(home: View, svg: RefObject<SVGSVGElement | null>) {
  const [view, setView] = useState(home);
  const drag = useRef<{ x: number; y: number; isMoved: boolean } | null>(null);
  const wasDragged = useRef(false);
  const key = home.join(' ');
  useEffect(() => setView(home), [key]);
  const zoom = useCallback((factor: number, at?: readonly [number, number]) => setView((old) => zoomed(old, home, factor, at)), [key]);

  // React listens to wheels passively; the page must not scroll while the map zooms.
  useEffect(() => {
    const element = svg.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * WHEEL), shareOf(element, event));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [svg, zoom]);

  return {
    view,
    isZoomed: view[2] < home[2] - 0.01,
    zoomIn: () => zoom(ZOOM_STEP),
    zoomOut: () => zoom(1 / ZOOM_STEP),
    reset: () => setView(home),
    /** Whether the click that comes now ended a drag. */
    wasDragged: () => wasDragged.current,
    handlers: {
      onPointerDown: (event: PointerEvent<SVGSVGElement>) => {
        wasDragged.current = false;
        if (event.button === 0) drag.current = { x: event.clientX, y: event.clientY, isMoved: false };
      },
      onPointerMove: (event: PointerEvent<SVGSVGElement>) => {
        const from = drag.current;
        if (!from || event.buttons === 0) return;
        if (!from.isMoved && Math.hypot(event.clientX - from.x, event.clientY - from.y) < DRAG_LEAST) return;
        const scale = shownScale(event.currentTarget, view);
        const [dx, dy] = [(event.clientX - from.x) * scale, (event.clientY - from.y) * scale];
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { x: event.clientX, y: event.clientY, isMoved: true };
        wasDragged.current = true;
        setView((old) => panned(old, home, -dx / old[2], -dy / old[3]));
      },
      onPointerUp: () => {
        drag.current = null;
      },
      onDoubleClick: (event: { currentTarget: SVGSVGElement; clientX: number; clientY: number }) => zoom(ZOOM_STEP * ZOOM_STEP, shareOf(event.currentTarget, event)),
    },
    onKeyDown: (event: KeyboardEvent) => {
      const step = ARROWS[event.key];
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (step) setView((old) => panned(old, home, ...step));
      else if (event.key === '+' || event.key === '=') zoom(ZOOM_STEP);
      else if (event.key === '-') zoom(1 / ZOOM_STEP);
      else if (event.key === '0') setView(home);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}

/** Units of the map a pixel; the map is fitted into its box. */
function shownScale(svg: SVGSVGElement, [, , width, height]: View): number {
  const box = svg.getBoundingClientRect();
  return Math.max(width / Math.max(1, box.width), height / Math.max(1, box.height));
}

function shareOf(svg: SVGSVGElement, { clientX, clientY }: { clientX: number; clientY: number }): [number, number] {
  const box = svg.getBoundingClientRect();
  const share = (at: number) => Math.min(1, Math.max(0, at));
  return [share((clientX - box.left) / Math.max(1, box.width)), share((clientY - box.top) / Math.max(1, box.height))];
}
