import { describe, expect, it } from 'vitest';

import type { Widget } from '../model';
import { compact, freeSpot, halves, layoutOf, overlaps, place, type Placed } from './layout';
import { GAP, GROUP_EDGE, GROUP_HEAD, heightOf, linesOf, ROW, rowAt, stack } from './pixels';

const at = (id: number, x: number, y: number, width = 4, height = 2): Placed => ({ id, x, y, width, height });
const widget = (id: number, layout?: [number, number, number, number], definition: Record<string, unknown> = {}): Widget => ({
  id,
  definition: { type: 'timeseries', ...definition },
  ...(layout ? { layout: { x: layout[0], y: layout[1], width: layout[2], height: layout[3] } } : {}),
});
const size = () => ({ width: 4, height: 2 });
const places = (list: readonly Placed[]) => Object.fromEntries(list.map(({ id, x, y, width, height }) => [id, [x, y, width, height]]));
const NONE = new Set<number>();

describe('the layout of a dashboard', () => {
  const table: [string, Widget[], Record<number, number[]>][] = [
    ['as it says', [widget(1, [0, 0, 6, 2]), widget(2, [6, 0, 6, 3])], { 1: [0, 0, 6, 2], 2: [6, 0, 6, 3] }],
    ['flowing without one', [widget(1), widget(2), widget(3), widget(4)], { 1: [0, 0, 4, 2], 2: [4, 0, 4, 2], 3: [8, 0, 4, 2], 4: [0, 2, 4, 2] }],
    ['flowing after those that have one', [widget(1), widget(2, [0, 0, 12, 1])], { 1: [0, 1, 4, 2], 2: [0, 0, 12, 1] }],
    ['within the columns', [widget(1, [20, 0, 40, 2])], { 1: [0, 0, 12, 2] }],
    ['moved apart', [widget(1, [0, 0, 4, 2]), widget(2, [2, 1, 4, 2])], { 1: [0, 0, 4, 2], 2: [2, 2, 4, 2] }],
    [
      'counted anew in a second column',
      [widget(1, [0, 0, 12, 2]), widget(2, [0, 2, 12, 6]), widget(3, [0, 0, 12, 7]), widget(4, [0, 7, 6, 2]), widget(5, [6, 7, 6, 2])],
      { 1: [0, 0, 12, 2], 2: [0, 2, 12, 6], 3: [0, 8, 12, 7], 4: [0, 15, 6, 2], 5: [6, 15, 6, 2] },
    ],
    [
      'counted anew in between',
      [widget(1, [0, 0, 12, 5]), widget(2, [0, 0, 6, 3]), widget(3, [6, 0, 6, 3]), widget(4, [0, 3, 6, 3]), widget(5, [0, 11, 12, 4])],
      { 1: [0, 0, 12, 5], 2: [0, 5, 6, 3], 3: [6, 5, 6, 3], 4: [0, 8, 6, 3], 5: [0, 11, 12, 4] },
    ],
    ['with its gaps', [widget(1, [0, 5, 4, 2])], { 1: [0, 5, 4, 2] }],
    ['of broken numbers', [widget(1, [Number.NaN, 0, 4, 2]), widget(2, [0, -3, 0.4, 1e12])], { 1: [0, 10_000, 4, 2], 2: [0, 0, 1, 10_000] }],
  ];
  it.each(table)('%s', (_name, widgets, expected) => {
    expect(places(layoutOf(widgets, 12, size))).toEqual(expected);
  });
});

describe('placing', () => {
  const grid = [at(1, 0, 0), at(2, 4, 0), at(3, 8, 0), at(4, 0, 2, 12, 1)];
  const table: [string, Placed, Record<number, number[]>][] = [
    ['on another pushes it down', at(3, 0, 0), { 1: [0, 2, 4, 2], 2: [4, 0, 4, 2], 3: [0, 0, 4, 2], 4: [0, 4, 12, 1] }],
    ['beyond the edge stays within', at(1, 40, 0), { 1: [8, 0, 4, 2], 2: [4, 0, 4, 2], 3: [8, 2, 4, 2], 4: [0, 4, 12, 1] }],
    ['far below closes up', at(1, 0, 90), { 1: [0, 3, 4, 2], 2: [4, 0, 4, 2], 3: [8, 0, 4, 2], 4: [0, 2, 12, 1] }],
    ['where it is changes nothing', at(2, 4, 0), { 1: [0, 0, 4, 2], 2: [4, 0, 4, 2], 3: [8, 0, 4, 2], 4: [0, 2, 12, 1] }],
    ['larger makes room', at(1, 0, 0, 6, 2), { 1: [0, 0, 6, 2], 2: [4, 2, 4, 2], 3: [8, 0, 4, 2], 4: [0, 4, 12, 1] }],
  ];
  it.each(table)('%s', (_name, moved, expected) => {
    expect(places(place(grid, moved, 12))).toEqual(expected);
  });

  it('swaps with what is below when held over its middle', () => {
    const swapped = place([at(1, 0, 0), at(2, 0, 2)], at(1, 0, 3), 12);
    expect(places(swapped)).toEqual({ 1: [0, 2, 4, 2], 2: [0, 0, 4, 2] });
  });

  it('never leaves an overlap, whatever is moved where', () => {
    let random = 7;
    const next = (n: number) => (random = (random * 48_271) % 2_147_483_647) % n;
    for (let round = 0; round < 300; round += 1) {
      const start = compact(Array.from({ length: 12 }, (_, id) => at(id, next(7), next(20) + id * 20, 1 + next(6), 1 + next(4))));
      const done = place(start, at(next(12), next(12), next(30), 1 + next(12), 1 + next(6)), 12);
      expect(done).toHaveLength(12);
      for (const a of done) {
        expect(a.x + a.width).toBeLessThanOrEqual(12);
        for (const b of done) expect(a.id !== b.id && overlaps(a, b)).toBe(false);
      }
    }
  });

  it('finds a free spot beside the last, then below', () => {
    expect(freeSpot([at(1, 0, 0), at(2, 4, 0)], { width: 4, height: 2 }, 12)).toEqual({ x: 8, y: 0, width: 4, height: 2 });
    expect(freeSpot([at(1, 0, 0, 12, 3)], { width: 4, height: 2 }, 12)).toEqual({ x: 0, y: 3, width: 4, height: 2 });
    expect(freeSpot([], { width: 24, height: 2 }, 12)).toEqual({ x: 0, y: 0, width: 12, height: 2 });
  });
});

describe('halves for wide screens', () => {
  const rows = [at(1, 0, 0, 12, 4), at(2, 0, 4, 12, 4), at(3, 0, 8, 12, 4), at(4, 0, 12, 12, 4)];
  it.each([
    ['in the middle', undefined, [1, 2]],
    ['where a widget says so', 2, [1]],
    ['in the middle when what it says is no cut', 1, [1, 2]],
  ])('%s', (_name, id, left) => {
    const [first, second] = halves(rows, id) ?? [[], []];
    expect(first.map((place) => place.id)).toEqual(left);
    expect(Math.min(...second.map(({ y }) => y))).toBe(0);
  });

  it('has none without a cut', () => {
    expect(halves([at(1, 0, 0, 4, 4), at(2, 4, 2, 4, 4)], undefined)).toBeUndefined();
  });
});

describe('pixels', () => {
  const group = widget(2, [0, 2, 12, 6], { type: 'group', widgets: [widget(21, [0, 0, 6, 2]), widget(22, [0, 2, 6, 3])] });
  const widgets = [widget(1, [0, 0, 12, 2]), group, widget(3, [0, 8, 4, 2]), widget(4, [4, 9, 4, 2])];
  const grid = layoutOf(widgets, 12, size);
  const open = GROUP_HEAD + 5 * ROW - GAP + 2 * GROUP_EDGE;

  it('are as high as a group is', () => {
    expect(heightOf(group, at(2, 0, 2, 12, 6), NONE)).toBe(open);
    const boxes = stack(widgets, grid, NONE);
    expect(boxes.get(1)).toEqual({ top: 0, height: 2 * ROW - GAP });
    expect(boxes.get(2)).toEqual({ top: 2 * ROW, height: open });
    expect(boxes.get(3)?.top).toBe(2 * ROW + open + GAP);
    expect(boxes.get(4)?.top).toBe(2 * ROW + open + GAP + ROW);
  });

  it('move up when a group is folded', () => {
    expect(stack(widgets, grid, new Set([2])).get(3)?.top).toBe(2 * ROW + GROUP_HEAD + GAP);
  });

  it('keep in line what stands side by side', () => {
    const side = [
      widget(1, [0, 0, 6, 2], { type: 'group', widgets: [widget(11, [0, 0, 6, 1])] }),
      widget(2, [6, 0, 6, 2], { type: 'group', banner_img: 'x.png', widgets: [widget(21, [0, 0, 6, 1])] }),
      widget(3, [0, 2, 6, 2]),
      widget(4, [6, 2, 6, 2]),
      widget(5, [0, 6, 12, 1]),
    ];
    const boxes = stack(side, layoutOf(side, 12, size), NONE);
    expect(boxes.get(1)).toEqual(boxes.get(2));
    expect(boxes.get(3)?.top).toBe(boxes.get(4)?.top);
    // Two free rows are kept.
    expect((boxes.get(5)?.top ?? 0) - (boxes.get(3)?.top ?? 0)).toBe(4 * ROW);
  });

  it('keep free rows beside something higher', () => {
    const beside = [widget(1, [0, 0, 6, 4]), widget(2, [6, 3, 6, 2])];
    expect(stack(beside, layoutOf(beside, 12, size), NONE).get(2)?.top).toBe(3 * ROW);
  });

  it('become rows again', () => {
    const lines = linesOf(widgets, grid, NONE);
    for (const [y, top] of lines.entries()) {
      expect(rowAt(top, lines)).toBe(y);
      expect(rowAt(top + 8, lines)).toBe(y);
    }
    expect(rowAt((lines.at(-1) ?? 0) + 2 * ROW, lines)).toBe(lines.length + 1);
  });
});
