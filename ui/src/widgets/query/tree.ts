/** Rows as a tree: a level per group key. */
import { nameOf, valueOf, type Grid } from './rows';

export interface Node {
  /** Unique in the tree. */
  id: string;
  name: string;
  /** Of the whole path. */
  tags: readonly string[];
  /** Its own, or the sum of its children. */
  value: number;
  children: Node[];
}

/** Negative values have no area; they and zeros are left out. */
export function treeOf({ columns, rows }: Grid): Node {
  const root: Node = { id: '', name: 'Total', tags: [], value: 0, children: [] };
  for (const row of rows) {
    for (const [at, column] of columns.entries()) {
      const value = row.values[at];
      if (typeof value !== 'number' || !(value > 0)) continue;
      const steps = row.tags.map((tag) => ({ name: valueOf(tag) || 'N/A', tag }));
      // Several formulas are a level of their own.
      const path: { name: string; tag?: string }[] = columns.length > 1 || steps.length === 0 ? [{ name: column.title || nameOf(row) }, ...steps] : steps;
      insert(root, path, value);
    }
  }
  sortDown(root);
  return root;
}

function insert(root: Node, path: readonly { name: string; tag?: string }[], value: number): void {
  root.value += value;
  let node = root;
  for (const { name, tag } of path) {
    const id = `${node.id}/${name}`;
    let child = node.children.find((one) => one.id === id);
    if (!child) {
      child = { id, name, tags: tag === undefined ? node.tags : [...node.tags, tag], value: 0, children: [] };
      node.children.push(child);
    }
    child.value += value;
    node = child;
  }
}

function sortDown(node: Node): void {
  node.children.sort((a, b) => b.value - a.value);
  for (const child of node.children) sortDown(child);
}

/** Percent with the digits that matter. */
export function percent(part: number, whole: number): string {
  if (!(whole > 0)) return '–';
  const share = (part / whole) * 100;
  return `${share.toFixed(share >= 9.95 || share === 0 ? 0 : 1)}%`;
}
