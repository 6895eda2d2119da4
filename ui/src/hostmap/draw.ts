/**
 * Paints the map. The base holds all hexagons and is painted when data, scale or size change; what
 * follows the pointer lies on a canvas of its own, so that moving costs nearly nothing.
 */
import type { Layout } from './layout';
import { stepOf, STEPS, wantsDarkInk, type Theme } from './scale';
import type { MapHost, MapValues } from './types';

export interface MapColors {
  /** `STEPS` colours, low to high. */
  scale: readonly string[];
  theme: Theme;
  isFlipped: boolean;
  empty: string;
  emptyLine: string;
  text: string;
  background: string;
  accent: string;
  muted: string;
  darkInk: string;
  lightInk: string;
}

export interface Painting {
  layout: Layout;
  hosts: readonly MapHost[];
  values: MapValues;
  /** Ends of the colours. */
  domain: readonly [number, number];
  colors: MapColors;
  /** Value as text, for hexagons that have room. */
  format: (value: number) => string;
  /** What of the map is in view, in CSS pixels. */
  view: View;
}

export interface View {
  top: number;
  width: number;
  height: number;
}

/** Hexagons smaller than this hold no text. */
const TEXT_RADIUS = 26;
/** The smallest hexagon of a map with sizes, as a part of the largest. */
const SIZE_MIN = 0.35;
const INSET = 0.93;

const CORNERS = Array.from({ length: 6 }, (_, at) => {
  const angle = (at * Math.PI) / 3;
  return [Math.sin(angle), -Math.cos(angle)] as const;
});

/** Sizes of hexagons by host, as parts of the radius: the area follows the value. */
export function sizesOf(values: readonly (number | null)[] | undefined): Float32Array | undefined {
  if (!values) return undefined;
  const most = values.reduce<number>((max, value) => Math.max(max, value ?? 0), 0);
  return Float32Array.from(values, (value) => {
    if (value === null || most <= 0) return SIZE_MIN;
    return Math.max(SIZE_MIN, Math.sqrt(Math.max(0, value) / most));
  });
}

/** Makes a canvas fit its place on this screen; answers its context, scaled to CSS pixels. */
export function contextOf(canvas: HTMLCanvasElement, view: View): CanvasRenderingContext2D | null {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext('2d');
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  context?.clearRect(0, 0, view.width, view.height);
  return context;
}

export function paintBase(canvas: HTMLCanvasElement, painting: Painting): void {
  const context = contextOf(canvas, painting.view);
  if (!context) return;
  context.translate(0, -painting.view.top);
  const sizes = sizesOf(painting.values.size);
  const buckets = bucketsOf(painting);
  const { colors, layout, hosts } = painting;
  const radiusOf = (cell: number) => layout.radius * INSET * (sizes?.[layout.hosts[cell]!] ?? 1);
  for (const [step, cells] of buckets.entries()) {
    if (cells.length === 0) continue;
    // The last bucket is of hosts without data.
    const isEmpty = step === STEPS;
    context.beginPath();
    for (const cell of cells) hexagon(context, layout.xs[cell]!, layout.ys[cell]!, radiusOf(cell) - (isEmpty ? 0.5 : 0));
    context.fillStyle = isEmpty ? colors.empty : (colors.scale[step] ?? colors.empty);
    context.fill();
    if (!isEmpty) continue;
    context.strokeStyle = colors.emptyLine;
    context.lineWidth = 1;
    context.stroke();
  }
  paintMuted(context, painting, radiusOf, (cell) => hosts[layout.hosts[cell]!]?.isMuted ?? false);
  if (layout.radius >= TEXT_RADIUS) paintTexts(context, painting, buckets, sizes);
}

function bucketsOf({ layout, values, domain, view }: Painting): number[][] {
  const buckets: number[][] = Array.from({ length: STEPS + 1 }, () => []);
  const [min, max] = domain;
  const [top, bottom] = [view.top - layout.radius, view.top + view.height + layout.radius];
  for (let cell = 0; cell < layout.xs.length; cell += 1) {
    const y = layout.ys[cell]!;
    if (y < top || y > bottom) continue;
    const step = stepOf(values.fill[layout.hosts[cell]!] ?? null, min, max);
    buckets[step < 0 ? STEPS : step]!.push(cell);
  }
  return buckets;
}

function hexagon(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  for (let at = 0; at < 6; at += 1) {
    const [dx, dy] = CORNERS[at]!;
    if (at === 0) context.moveTo(x + dx * radius, y + dy * radius);
    else context.lineTo(x + dx * radius, y + dy * radius);
  }
  context.closePath();
}

function paintMuted(context: CanvasRenderingContext2D, { layout, colors }: Painting, radiusOf: (cell: number) => number, isMuted: (cell: number) => boolean): void {
  context.beginPath();
  for (let cell = 0; cell < layout.xs.length; cell += 1) {
    if (isMuted(cell)) hexagon(context, layout.xs[cell]!, layout.ys[cell]!, radiusOf(cell) - 1);
  }
  context.strokeStyle = colors.muted;
  context.lineWidth = 2;
  context.stroke();
}

function paintTexts(context: CanvasRenderingContext2D, painting: Painting, buckets: readonly number[][], sizes: Float32Array | undefined): void {
  const { layout, hosts, values, colors, format } = painting;
  const [nameSize, valueSize, apart] = textSizes(layout.radius);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const font = getComputedStyle(document.body).fontFamily;
  for (const [step, cells] of buckets.entries()) {
    const isDark = wantsDarkInk(colors.theme, step, colors.isFlipped);
    context.fillStyle = step === STEPS ? colors.text : isDark ? colors.darkInk : colors.lightInk;
    for (const cell of cells) {
      const host = layout.hosts[cell]!;
      const radius = layout.radius * (sizes?.[host] ?? 1);
      if (radius < TEXT_RADIUS) continue;
      const [x, y, value] = [layout.xs[cell]!, layout.ys[cell]!, values.fill[host] ?? null];
      const offset = value === null ? 0 : apart;
      context.font = `500 ${nameSize}px ${font}`;
      context.fillText(shorten(context, hosts[host]?.name ?? '', radius * 1.5), x, y - offset);
      if (value === null) continue;
      context.font = `600 ${valueSize}px ${font}`;
      context.fillText(format(value), x, y + offset);
    }
  }
}

/** Of the name and the value, in pixels, and how far each is from the middle. */
function textSizes(radius: number): [name: number, value: number, apart: number] {
  if (radius >= 56) return [12, 16, 10];
  return radius >= 40 ? [11, 14, 9] : [10, 11, 7];
}

/** The end of a name says more than its middle: `web-prod-0017` becomes `web…0017`. */
function shorten(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  for (let kept = text.length - 1; kept > 2; kept -= 1) {
    const head = Math.ceil(kept * 0.4);
    const short = `${text.slice(0, head)}…${text.slice(text.length - (kept - head))}`;
    if (context.measureText(short).width <= width) return short;
  }
  return '…';
}

export interface Highlights {
  /** Hexagons by place; -1 for none. */
  hovered: number;
  focused: number;
  /** The host whose panel is open; it may stand in several groups. */
  open: number;
}

export function paintOverlay(canvas: HTMLCanvasElement, layout: Layout, view: View, colors: MapColors, { hovered, focused, open }: Highlights): void {
  const context = contextOf(canvas, view);
  if (!context) return;
  context.translate(0, -view.top);
  const outline = (cell: number, color: string) => {
    const [x, y] = [layout.xs[cell], layout.ys[cell]];
    if (x === undefined || y === undefined) return;
    for (const [stroke, width] of [[colors.background, 5], [color, 2]] as const) {
      context.beginPath();
      hexagon(context, x, y, layout.radius + 0.5);
      context.strokeStyle = stroke;
      context.lineWidth = width;
      context.stroke();
    }
  };
  if (open >= 0) for (let cell = 0; cell < layout.hosts.length; cell += 1) if (layout.hosts[cell] === open) outline(cell, colors.accent);
  if (focused >= 0) outline(focused, colors.accent);
  if (hovered >= 0) outline(hovered, colors.text);
}
