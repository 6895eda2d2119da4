/** Groups as areas. Of several group keys the first frames the others. */
import { useMemo, useRef } from 'react';

import { useShownTheme } from '../../charts';
import { DataState } from '../parts/DataState';
import { TipRow, useTip } from '../parts/tip';
import { usePivotPoint } from '../parts/use-pivot-point';
import { useSize } from '../parts/use-size';
import { rowColors } from '../query/colors';
import { readableOn } from '../query/conditions';
import { bag, text } from '../query/json';
import { valueText } from '../query/numbers';
import { percent, treeOf, type Node } from '../query/tree';
import { useGrid } from '../query/use-grid';
import type { WidgetViewProps } from '../registry';
import { squarify, type Rect } from './squarify';
import styles from './treemap.module.css';

const HEAD = 18;
const GAP = 2;
/** Smaller ones have no room for their name, or for their value. */
const NAME_LEAST = { width: 36, height: 18 };
const VALUE_LEAST = 36;
const TILES_MAX = 500;

interface Tile {
  node: Node;
  rect: Rect;
  color: string;
  isFrame: boolean;
}

export default function TreemapView({ definition }: WidgetViewProps) {
  const { raw, answers, grid, waits } = useGrid(definition);
  const theme = useShownTheme();
  const tip = useTip();
  const pivot = usePivotPoint(definition);
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const palette = text(bag(raw[0]?.['style'])['palette']);
  const tree = useMemo(() => treeOf(grid), [grid]);
  const tiles = useMemo(() => tilesOf(tree, { x: 0, y: 0, width, height }, (nodes) => rowColors(nodes.map((node) => ({ ...node, id: node.tags.join(',') || node.name, values: [] })), palette, theme)), [tree, width, height, palette, theme]);
  const column = grid.columns[0];
  const write = (value: number) => valueText(value, column?.line.format ?? {}, column?.unit);
  return (
    <>
      <div ref={box} className={styles.box}>
        <DataState answers={answers} waits={waits} isEmpty={tree.children.length === 0}>
          <div role="group" aria-label={definition.title ?? 'Treemap'} onMouseLeave={tip.hide}>
            {tiles.map(({ node, rect, color, isFrame }) => {
              const style = { left: rect.x, top: rect.y, width: rect.width, height: rect.height };
              if (isFrame) {
                return (
                  <div key={node.id} className={styles.frame} style={style}>
                    <span>{node.name}</span>
                  </div>
                );
              }
              return (
                <button
                  key={node.id}
                  type="button"
                  className={styles.tile}
                  style={{ ...style, background: color, color: readableOn(color) }}
                  {...(rect.width < NAME_LEAST.width || rect.height < NAME_LEAST.height ? { 'aria-label': `${node.name}: ${write(node.value)}` } : {})}
                  onMouseMove={(event) => tip.show(event, <><TipRow color={color} name={node.tags.join(', ') || node.name} value={write(node.value)} /><TipRow name="Of all" value={percent(node.value, tree.value)} /></>)}
                  onClick={(event) => pivot.open(event, { heading: `${node.name} · ${write(node.value)}`, tags: node.tags, label: node.name })}
                >
                  {rect.width >= NAME_LEAST.width && rect.height >= NAME_LEAST.height && <span className={styles.name}>{node.name}</span>}
                  {rect.width >= NAME_LEAST.width * 1.5 && rect.height >= VALUE_LEAST && <span className={styles.value}>{write(node.value)}</span>}
                </button>
              );
            })}
          </div>
        </DataState>
      </div>
      {tip.node}
      {pivot.menu}
    </>
  );
}

function tilesOf(tree: Node, rect: Rect, colorsOf: (nodes: readonly Node[]) => string[]): Tile[] {
  const first = tree.children.slice(0, TILES_MAX);
  const colors = colorsOf(first);
  const rects = squarify(first.map(({ value }) => value), rect);
  return first.flatMap((node, at): Tile[] => {
    const own = inset(rects[at] ?? rect);
    const color = colors[at] ?? '';
    const isFrame = node.children.length > 0 && own.width > NAME_LEAST.width && own.height > 2 * HEAD;
    if (!isFrame) return [{ node, rect: own, color, isFrame: false }];
    const leaves = leavesOf(node).slice(0, TILES_MAX);
    const inner = squarify(leaves.map(({ value }) => value), { x: own.x, y: own.y + HEAD, width: own.width, height: own.height - HEAD });
    return [{ node, rect: own, color, isFrame: true }, ...leaves.map((leaf, place): Tile => ({ node: leaf, rect: inset(inner[place] ?? own), color, isFrame: false }))];
  });
}

function leavesOf(node: Node): Node[] {
  return node.children.length === 0 ? [node] : node.children.flatMap(leavesOf).sort((a, b) => b.value - a.value);
}

function inset({ x, y, width, height }: Rect): Rect {
  return { x: x + GAP / 2, y: y + GAP / 2, width: Math.max(0, width - GAP), height: Math.max(0, height - GAP) };
}
