/** Which hexagon is at a point, and which is next to one in a direction. */
import type { Layout } from './layout';

export type Direction = 'left' | 'right' | 'up' | 'down';

export interface Picker {
  /** The hexagon at a point; -1 where there is none. */
  at: (x: number, y: number) => number;
}

export function picker({ xs, ys, radius }: Layout): Picker {
  const size = 2 * radius;
  const buckets = new Map<number, number[]>();
  const keyOf = (column: number, row: number) => row * 65_536 + column;
  for (let cell = 0; cell < xs.length; cell += 1) {
    const key = keyOf(Math.floor(xs[cell]! / size), Math.floor(ys[cell]! / size));
    const known = buckets.get(key);
    if (known) known.push(cell);
    else buckets.set(key, [cell]);
  }
  return {
    at(x, y) {
      const [column, row] = [Math.floor(x / size), Math.floor(y / size)];
      let [nearest, best] = [-1, radius * radius];
      for (let dy = -1; dy <= 1; dy += 1) {
        for (let dx = -1; dx <= 1; dx += 1) {
          for (const cell of buckets.get(keyOf(column + dx, row + dy)) ?? []) {
            const distance = (xs[cell]! - x) ** 2 + (ys[cell]! - y) ** 2;
            if (distance < best) [nearest, best] = [cell, distance];
          }
        }
      }
      return nearest;
    },
  };
}

/** The hexagon that an arrow key leads to; the same one at the edge. */
export function neighbour({ xs, ys, radius }: Layout, from: number, direction: Direction): number {
  const [x, y] = [xs[from], ys[from]];
  if (x === undefined || y === undefined) return xs.length > 0 ? 0 : -1;
  const isHorizontal = direction === 'left' || direction === 'right';
  const sign = direction === 'left' || direction === 'up' ? -1 : 1;
  let [next, best] = [from, Infinity];
  for (let cell = 0; cell < xs.length; cell += 1) {
    const [dx, dy] = [xs[cell]! - x, ys[cell]! - y];
    const along = sign * (isHorizontal ? dx : dy);
    // Rows of hexagons are 1.5 radii apart: less is the same row.
    if (along < radius / 2) continue;
    const score = along + 3 * Math.abs(isHorizontal ? dy : dx);
    if (score < best) [next, best] = [cell, score];
  }
  return next;
}
