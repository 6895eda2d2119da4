/**
 * Where each hexagon lies. Groups are blocks under their name; blocks flow in rows like words. The
 * hexagons are made as large as fits the height; below the smallest size the map scrolls.
 *
 * Places follow names and counts, never values: nothing moves when numbers change.
 */
import type { Section } from './groups';

const SQRT3 = Math.sqrt(3);
export const RADIUS_MIN = 6;
export const RADIUS_MAX = 64;
export const LABEL_HEIGHT = 22;
const GAP = 20;
const INNER_GAP = 12;
const BLOCK_MIN = 72;
const PADDING = 2;
/** Shapes of blocks that are tried, as width to height; the last takes the whole width. */
const SHAPES = [0.7, 1, 1.5, 2.2, 3.5, Infinity];
const SEARCH_STEPS = 18;

export interface Label {
  text: string;
  count: number;
  x: number;
  y: number;
  width: number;
  /** 0 of a section, 1 of a group within. */
  level: 0 | 1;
  /** The tag's values that lead here. */
  path: string[];
}

export interface Layout {
  radius: number;
  width: number;
  height: number;
  labels: Label[];
  /** Centre and host of each hexagon. */
  xs: Float32Array;
  ys: Float32Array;
  hosts: Int32Array;
}

interface Box {
  width: number;
  height: number;
}

/** How a group's hexagons are set. */
interface GroupBox extends Box {
  columns: number;
}

interface Shape {
  radius: number;
  aspect: number;
  width: number;
}

export function layOut(sections: readonly Section[], width: number, height: number): Layout {
  const room = Math.max(BLOCK_MIN, width - 2 * PADDING);
  let best: Shape = { radius: RADIUS_MIN, aspect: Infinity, width: room };
  let bestHeight = Infinity;
  for (const aspect of SHAPES) {
    const shape = largest(sections, aspect, room, height - 2 * PADDING);
    const tall = flow(sections, shape, () => {}).height;
    // Of equal sizes the lower map.
    if (shape.radius > best.radius + 0.01 || (shape.radius >= best.radius - 0.01 && tall < bestHeight)) {
      best = shape;
      bestHeight = tall;
    }
  }
  return place(sections, best);
}

function largest(sections: readonly Section[], aspect: number, width: number, height: number): Shape {
  const fits = (radius: number) => flow(sections, { radius, aspect, width }, () => {}).height <= height;
  if (fits(RADIUS_MAX)) return { radius: RADIUS_MAX, aspect, width };
  let [low, high] = [RADIUS_MIN, RADIUS_MAX];
  for (let step = 0; step < SEARCH_STEPS; step += 1) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return { radius: low, aspect, width };
}

type OnGroup = (section: number, group: number, box: GroupBox, x: number, y: number) => void;
type OnSection = (section: number, box: Box, x: number, y: number) => void;

/** Sets all blocks, telling where each lies, and answers how much room they take. */
function flow(sections: readonly Section[], shape: Shape, onGroup: OnGroup, onSection?: OnSection): Box {
  const inners = sections.map((section) => flowGroups(section, shape));
  const boxes = inners.map((inner, at) => withLabel(inner.box, sections[at]?.name ?? ''));
  return shelve(boxes, shape.width, GAP, (at, x, y) => {
    onSection?.(at, boxes[at]!, x, y);
    const label = sections[at]?.name === '' ? 0 : LABEL_HEIGHT;
    const inner = inners[at]!;
    for (let group = 0; group < inner.boxes.length; group += 1) {
      onGroup(at, group, inner.boxes[group]!, x + inner.xs[group]!, y + label + inner.ys[group]!);
    }
  });
}

interface Inner {
  box: Box;
  boxes: GroupBox[];
  xs: number[];
  ys: number[];
}

function flowGroups(section: Section, shape: Shape): Inner {
  const isDivided = section.groups.length > 1 || section.groups[0]?.name !== '';
  const boxes = section.groups.map((group) => groupBox(group.members.length, group.name, shape));
  const area = boxes.reduce((sum, box) => sum + (box.width + INNER_GAP) * (box.height + INNER_GAP), 0);
  const widest = boxes.reduce((most, box) => Math.max(most, box.width), 0);
  const wish = shape.aspect === Infinity ? shape.width : Math.sqrt(area * shape.aspect) * 1.1;
  const width = isDivided ? Math.min(shape.width, Math.max(widest, wish)) : widest;
  const [xs, ys]: [number[], number[]] = [[], []];
  const box = shelve(boxes, width, INNER_GAP, (_, x, y) => {
    xs.push(x);
    ys.push(y);
  });
  return { box, boxes, xs, ys };
}

function groupBox(count: number, name: string, { radius, aspect, width }: Shape): GroupBox {
  const across = SQRT3 * radius;
  const most = Math.max(1, Math.floor((width - across / 2) / across));
  const wish = aspect === Infinity ? most : Math.ceil(Math.sqrt(count * aspect * (1.5 / SQRT3)));
  const least = Math.floor(BLOCK_MIN / across);
  const columns = Math.max(1, Math.min(most, count, Math.max(wish, least)));
  const rows = Math.ceil(count / columns);
  const box = { width: columns * across + (rows > 1 ? across / 2 : 0), height: (rows * 1.5 + 0.5) * radius };
  return { ...withLabel(box, name), columns };
}

function withLabel(box: Box, name: string): Box {
  if (name === '') return box;
  return { width: Math.max(box.width, BLOCK_MIN), height: box.height + LABEL_HEIGHT };
}

function shelve(boxes: readonly Box[], width: number, gap: number, at: (index: number, x: number, y: number) => void): Box {
  let [x, y, row, widest] = [0, 0, 0, 0];
  for (const [index, box] of boxes.entries()) {
    if (x > 0 && x + box.width > width) {
      y += row + gap;
      x = 0;
      row = 0;
    }
    at(index, x, y);
    x += box.width + gap;
    row = Math.max(row, box.height);
    widest = Math.max(widest, x - gap);
  }
  return { width: widest, height: y + row };
}

function place(sections: readonly Section[], shape: Shape): Layout {
  const total = sections.reduce((sum, { groups }) => sum + groups.reduce((n, { members }) => n + members.length, 0), 0);
  const [xs, ys, hosts] = [new Float32Array(total), new Float32Array(total), new Int32Array(total)];
  const labels: Label[] = [];
  const { radius } = shape;
  let n = 0;
  const box = flow(
    sections,
    shape,
    (sectionAt, groupAt, { width, columns }, x, y) => {
      const section = sections[sectionAt]!;
      const group = section.groups[groupAt]!;
      if (group.name !== '') {
        const path = [section.name, group.name];
        labels.push({ text: group.name, count: group.members.length, x: x + PADDING, y: y + PADDING, width, level: 1, path });
      }
      const top = y + PADDING + (group.name === '' ? 0 : LABEL_HEIGHT) + radius;
      for (const [at, host] of group.members.entries()) {
        const row = Math.floor(at / columns);
        xs[n] = x + PADDING + ((at % columns) + 0.5 + (row % 2) / 2) * SQRT3 * radius;
        ys[n] = top + row * 1.5 * radius;
        hosts[n] = host;
        n += 1;
      }
    },
    (sectionAt, { width }, x, y) => {
      const section = sections[sectionAt]!;
      if (section.name === '') return;
      labels.push({ text: section.name, count: section.count, x: x + PADDING, y: y + PADDING, width, level: 0, path: [section.name] });
    },
  );
  return { radius, width: box.width + 2 * PADDING, height: box.height + 2 * PADDING, labels, xs, ys, hosts };
}
