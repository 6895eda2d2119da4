/** Rings of a sunburst: a slice per node, as wide as its share of its parent. */
import type { Node } from '../query/tree';

export interface Arc {
  node: Node;
  /** Ring, from inside. */
  depth: number;
  /** Turns, from the top, clockwise. */
  from: number;
  to: number;
  /** Place of its ancestor in the first ring. */
  root: number;
}

/** Rings beyond these are too thin to read. */
export const DEPTH_MAX = 4;
/** Narrower slices cannot be seen; they stay in their parent. */
const NARROWEST = 0.0008;

export function arcsOf(tree: Node): Arc[] {
  const out: Arc[] = [];
  place(tree, 0, [0, 1], -1, out);
  return out;
}

function place(node: Node, depth: number, [start, end]: [number, number], root: number, out: Arc[]): void {
  if (depth >= DEPTH_MAX || !(node.value > 0)) return;
  let from = start;
  for (const [at, child] of node.children.entries()) {
    const to = from + ((end - start) * child.value) / node.value;
    const first = depth === 0 ? at : root;
    if (to - from >= NARROWEST) {
      out.push({ node: child, depth, from, to, root: first });
      place(child, depth + 1, [from, to], first, out);
    }
    from = to;
  }
}

/** The path of a slice between two radii, around zero. */
export function arcPath(from: number, to: number, inner: number, outer: number): string {
  if (to - from > 0.9999) return ring(inner, outer);
  const end = to;
  const point = (turn: number, radius: number) => {
    const angle = turn * 2 * Math.PI - Math.PI / 2;
    return `${(Math.cos(angle) * radius).toFixed(2)} ${(Math.sin(angle) * radius).toFixed(2)}`;
  };
  const isLong = end - from > 0.5 ? 1 : 0;
  return `M${point(from, outer)}A${outer} ${outer} 0 ${isLong} 1 ${point(end, outer)}L${point(end, inner)}A${inner} ${inner} 0 ${isLong} 0 ${point(from, inner)}Z`;
}

/** A full turn has no two ends, and no seam between them; the hole runs the other way round. */
function ring(inner: number, outer: number): string {
  const circle = (radius: number, way: 0 | 1) => `M0 ${-radius}A${radius} ${radius} 0 1 ${way} 0 ${radius}A${radius} ${radius} 0 1 ${way} 0 ${-radius}Z`;
  return circle(outer, 1) + (inner > 0 ? circle(inner, 0) : '');
}
