/** Shares of a whole: one ring makes a pie, more make a sunburst. */
import { useMemo, useRef } from 'react';

import { useShownTheme } from '../../charts';
import { cx } from '../../util/cx';
import { DataState } from '../parts/DataState';
import { TipRow, useTip } from '../parts/tip';
import { usePivotPoint } from '../parts/use-pivot-point';
import { useSize } from '../parts/use-size';
import { rowColors } from '../query/colors';
import { readableOn } from '../query/conditions';
import { bag, requestsOf, text } from '../query/json';
import { valueParts, valueText } from '../query/numbers';
import { ordered, orderOf } from '../query/rows';
import { percent, treeOf, type Node } from '../query/tree';
import { useGrid } from '../query/use-grid';
import type { WidgetViewProps } from '../registry';
import { arcPath, arcsOf, type Arc } from './arcs';
import styles from './sunburst.module.css';

const RADIUS = 100;
const HOLE = 58;
const NESTED_HOLE = 36;
/** `automatic` puts the table beside the rings from so wide on. */
const TABLE_LEAST = 230;
/** Names stand on slices of at least so many turns. */
const LABEL_LEAST = 0.05;
const LEGEND_MAX = 100;

export default function SunburstView({ definition }: WidgetViewProps) {
  const { raw, answers, grid, waits } = useGrid(definition);
  const theme = useShownTheme();
  const tip = useTip();
  const pivot = usePivotPoint(definition);
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const order = useMemo(() => orderOf(requestsOf(definition)[0] ?? {}), [definition]);
  const tree = useMemo(() => treeOf({ ...grid, rows: ordered(grid.rows, order) }), [grid, order]);
  const arcs = useMemo(() => arcsOf(tree), [tree]);
  const palette = text(bag(raw[0]?.['style'])['palette']);
  const colors = useMemo(() => rowColors(tree.children.map((node) => ({ ...node, id: node.tags.join(',') || node.name, values: [] })), palette, theme), [tree, palette, theme]);
  const column = grid.columns[0];
  const write = (value: number) => valueText(value, column?.line.format ?? {}, column?.unit);
  const legend = legendOf(definition, width, height);
  const depths = 1 + Math.max(0, ...arcs.map(({ depth }) => depth));
  const radii = ringsOf(depths);
  const { hide_value: hidesValue, hide_percent: hidesPercent } = bag(definition['legend']);
  const saidOf = (node: Node) => [...(hidesValue === true ? [] : [write(node.value)]), ...(hidesPercent === true ? [] : [percent(node.value, tree.value)])];
  const total = valueParts(tree.value, { format: column?.line.format ?? {}, own: column?.unit, autoscale: true });
  const open = (event: React.MouseEvent, node: Node) => pivot.open(event, { heading: `${node.name} · ${write(node.value)} · ${percent(node.value, tree.value)}`, tags: node.tags, label: node.name });
  const show = (event: React.MouseEvent, node: Node, color: string | undefined) =>
    tip.show(event, <><TipRow color={color} name={node.tags.join(', ') || node.name} value={write(node.value)} /><TipRow name="Of all" value={percent(node.value, tree.value)} /></>);
  return (
    <>
      <div ref={box} className={styles.box}>
        <DataState answers={answers} waits={waits} isEmpty={arcs.length === 0}>
          <div className={cx(styles.widget, legend === 'below' && styles.below)}>
            <svg className={styles.rings} viewBox="-102 -102 204 204" role="img" aria-label={`${definition.title ?? 'Shares'}: ${write(tree.value)} in all`} onMouseLeave={tip.hide}>
              {arcs.map((arc) => {
                const [inner, outer] = radii[arc.depth] ?? [0, 0];
                const color = colors[arc.root];
                return (
                  <path key={arc.node.id} className={styles.slice} d={arcPath(arc.from, arc.to, inner, outer)} fill={color} fillOpacity={1 - arc.depth * 0.22} onMouseMove={(event) => show(event, arc.node, color)} onClick={(event) => open(event, arc.node)} />
                );
              })}
              {legend === 'inline' && arcs.filter(({ from, to }) => to - from >= LABEL_LEAST).map((arc) => <Label key={arc.node.id} arc={arc} radii={radii[arc.depth] ?? [0, 0]} said={saidOf(arc.node)} size={labelSize(width, height)} color={readableOn(colors[arc.root] ?? '')} />)}
              {definition['hide_total'] !== true && (
                <text className={styles.total} textAnchor="middle" dominantBaseline="central" fontSize={Math.min(22, ((depths > 1 ? NESTED_HOLE : HOLE) * 3) / Math.max(5, (total.number + total.suffix).length))}>
                  {total.number}
                  {total.suffix}
                </text>
              )}
            </svg>
            {(legend === 'beside' || legend === 'below') && (
              <ol className={styles.legend} aria-label="Shares">
                {tree.children.slice(0, LEGEND_MAX).map((node, at) => (
                  <li key={node.id}>
                    <button type="button" className={styles.row} onClick={(event) => open(event, node)} title={node.tags.join(', ')}>
                      <span className={styles.swatch} style={{ background: colors[at] }} />
                      <span className={styles.name}>{node.name}</span>
                      {hidesValue !== true && <span className={styles.value}>{write(node.value)}</span>}
                      {hidesPercent !== true && <span className={styles.percent}>{percent(node.value, tree.value)}</span>}
                    </button>
                  </li>
                ))}
              </ol>
            )}
          </div>
        </DataState>
      </div>
      {tip.node}
      {pivot.menu}
    </>
  );
}

function ringsOf(depths: number): [number, number][] {
  const hole = depths > 1 ? NESTED_HOLE : HOLE;
  const step = (RADIUS - hole) / depths;
  return Array.from({ length: depths }, (_, at) => [hole + at * step, hole + (at + 1) * step]);
}

/** Of a letter's width to its height. */
const LETTER = 0.58;
/** Shorter pieces of a name say nothing. */
const ROOM_LEAST = 5;
/** Pixels. */
const LABEL_PIXELS = 10.5;

/** In units of the drawing, so that it can be read in small boxes too. */
function labelSize(width: number, height: number): number {
  const pixels = Math.min(width, height);
  return pixels > 0 ? Math.max(7.5, (LABEL_PIXELS * 204) / pixels) : 8;
}

/** Turns that leave room for a second line. */
const SECOND_LEAST = 0.1;

/** The name; under it the last of what is said of the slice that fits. */
function Label({ arc, radii: [inner, outer], said, size, color }: { arc: Arc; radii: [number, number]; said: readonly string[]; size: number; color: string }) {
  const angle = (arc.from + arc.to) * Math.PI - Math.PI / 2;
  const radius = (inner + outer) / 2;
  // A level line through the middle leaves the slice by its arcs or by its sides, whichever comes first.
  const along = (arc.to - arc.from) * 2 * Math.PI * radius;
  const room = Math.floor(Math.min((outer - inner) / Math.abs(Math.cos(angle)), along / Math.abs(Math.sin(angle))) / (size * LETTER) - 0.5);
  const { name } = arc.node;
  const second = arc.to - arc.from < SECOND_LEAST ? undefined : [said.join(' · '), said.at(-1) ?? ''].find((text) => text !== '' && text.length * 0.9 <= room);
  const [x, y] = [Math.cos(angle) * radius, Math.sin(angle) * radius];
  if (room < Math.min(ROOM_LEAST, name.length)) return null;
  return (
    <text className={styles.label} style={{ fill: color, fontSize: size }} x={x} y={second ? y - size / 2 : y} textAnchor="middle" dominantBaseline="central">
      {name.length > room ? `${name.slice(0, Math.max(1, room - 1))}…` : name}
      {second && (
        <tspan className={styles.second} x={x} dy={size * 1.1}>
          {second}
        </tspan>
      )}
    </text>
  );
}

function legendOf(definition: WidgetViewProps['definition'], width: number, height: number): 'none' | 'inline' | 'beside' | 'below' {
  const type = bag(definition['legend'])['type'];
  if (type === 'none') return 'none';
  if (type === 'inline') return 'inline';
  if (width >= TABLE_LEAST) return 'beside';
  return type === 'table' || height > width * 1.3 ? 'below' : 'inline';
}
