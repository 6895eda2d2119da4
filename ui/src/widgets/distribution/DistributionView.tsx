/** A histogram: how many groups, or how many values of a metric, lie between which values. */
import { useMemo, useRef, type MouseEvent } from 'react';

import { metricOf } from '../../api/timeseries';
import { countText, formatValue, paintOf, useShownTheme, type UnitPair } from '../../charts';
import { useWidget } from '../context';
import { beyondNote, binOf, binsOf } from '../heatmap/density';
import { countingAxis, densityRequest, paletteOf } from '../heatmap/request';
import { DataState } from '../parts/DataState';
import { axisFor } from '../parts/ticks';
import { TipRow, useTip } from '../parts/tip';
import { usePivotPoint } from '../parts/use-pivot-point';
import { useSize } from '../parts/use-size';
import { useScalars, useSpreads } from '../query/ask';
import { bag, num, requestsOf } from '../query/json';
import { unitOf } from '../query/numbers';
import { rampColors } from '../query/palettes';
import { gridOf } from '../query/rows';
import type { WidgetViewProps } from '../registry';
import { axisOf, markersOf } from '../timeseries/markers';
import styles from './distribution.module.css';

const BINS = 40;
/** Of counted values; the server has a bound, too. */
const BINS_MAX = 200;
const NOTHING: readonly never[] = [];
const PAD = { left: 44, right: 12, top: 6, bottom: 22 };
const STATES = { ok: 'var(--ok)', warn: 'var(--warn)', alert: 'var(--alert)', nodata: 'var(--nodata)', accent: 'var(--accent)' } as const;
/** Percentiles that are marked, where their names find room. */
const MARKED: readonly string[] = ['p50', 'p95', 'p99'];
const NAME_ROOM = 26;
const NAME_HEIGHT = 13;

interface Member {
  value: number;
  tags: readonly string[];
  name: string;
}

interface Histogram {
  edges: readonly number[];
  counts: readonly number[];
  isLog: boolean;
  unit: UnitPair;
  /** How many there are, beyond the axis too. */
  count: number;
  /** A count with what is counted. */
  named: (count: number) => string;
  /** The groups in each bin; of plain values nothing is known but how many. */
  members?: readonly (readonly Member[])[];
  percentiles: readonly (readonly [name: string, value: number])[];
  notes: readonly string[];
}

const counted = (one: string, many: string) => (count: number) => `${countText(count)} ${count === 1 ? one : many}`;

export default function DistributionView({ definition }: WidgetViewProps) {
  const { variables } = useWidget();
  const theme = useShownTheme();
  const tip = useTip();
  const pivot = usePivotPoint(definition);
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const raw = useMemo(() => requestsOf(definition).slice(0, 1), [definition]);
  const request = useMemo(() => raw.map((one) => densityRequest(one, variables))[0], [raw, variables]);
  const xLook = useMemo(() => ({ ...axisOf(definition['xaxis']), bins: Math.min(BINS_MAX, Math.max(2, Math.floor(num(bag(definition['xaxis'])['num_buckets']) ?? BINS))) }), [definition]);
  const spreadOf = request?.spreadOf;
  const asked = useMemo(() => (request && spreadOf === undefined ? [request.asked] : NOTHING), [request, spreadOf]);
  const scalars = useScalars(asked);
  const spreads = useSpreads(spreadOf === undefined ? NOTHING : [{ query: spreadOf, axis: countingAxis(xLook, xLook.bins) }]);
  const answers = spreadOf === undefined ? scalars : spreads;
  const [scalarData, spread] = [scalars.parts[0]?.data, spreads.parts[0]?.data];
  const histogram = useMemo((): Histogram | undefined => {
    const format = request?.asked.formulas[0]?.format ?? {};
    const isLog = xLook.scale === 'log';
    if (spreadOf !== undefined) {
      if (!spread || spread.count === 0) return undefined;
      const unit = unitOf(format, spread.unit);
      const { edges, total, count, percentiles } = spread;
      return { edges, counts: total.counts, isLog, unit, count, named: counted('value', 'values'), percentiles, notes: beyondNote(spread, (value) => formatValue(value, unit)) };
    }
    const grid = gridOf(asked, scalars.parts);
    const all = grid.rows.flatMap(({ values, tags }) => values.flatMap((value): Member[] => (value === null ? [] : [{ value, tags, name: tags.join(', ') }])));
    if (all.length === 0) return undefined;
    const bins = binsOf(all.map(({ value }) => value), { isLog, min: xLook.min, max: xLook.max, includesZero: xLook.includesZero, count: xLook.bins });
    const members = Array.from({ length: xLook.bins }, (): Member[] => []);
    for (const member of all) members[binOf(bins, member.value)]?.push(member);
    return { ...bins, counts: members.map(({ length }) => length), members, unit: unitOf(format, grid.columns[0]?.unit), count: all.length, named: counted('group', 'groups'), percentiles: [], notes: [] };
  }, [asked, request, spreadOf, xLook, spread, scalarData]);
  const color = rampColors(paletteOf(raw[0]), 1, theme)?.[0] ?? paintOf({ color: 0 }, theme);
  const pick = (event: MouseEvent, at: number, value: number) => {
    if (!histogram) return;
    const { edges, counts, members, unit, named } = histogram;
    const own = [...(members?.[at] ?? [])].sort((a, b) => Math.abs(a.value - value) - Math.abs(b.value - value));
    const [closest] = own;
    const label = request?.asked.formulas[0]?.label ?? '';
    const metric = metricOf(spreadOf ?? label);
    tip.hide();
    if (closest && closest.tags.length > 0) return pivot.open(event, { heading: `${closest.name} · ${formatValue(closest.value, unit)}`, tags: closest.tags, label: closest.name, metric });
    pivot.open(event, { heading: `${named(counts[at] ?? 0)} · ${formatValue(edges[at], unit)} – ${formatValue(edges[at + 1], unit)}`, tags: [], label, metric });
  };
  return (
    <>
      <div ref={box} className={styles.box}>
        <DataState answers={answers} waits={request?.asked.waits ?? NOTHING} isEmpty={!histogram}>
          {histogram && width > 0 && <Bars histogram={histogram} width={width} height={height} color={color} definition={definition} tip={tip} onPick={pick} />}
        </DataState>
      </div>
      {tip.node}
      {pivot.menu}
    </>
  );
}

interface BarsProps {
  histogram: Histogram;
  width: number;
  height: number;
  color: string;
  definition: WidgetViewProps['definition'];
  tip: ReturnType<typeof useTip>;
  onPick: (event: MouseEvent, at: number, value: number) => void;
}

function Bars({ histogram, width, height, color, definition, tip, onPick }: BarsProps) {
  const { edges, counts, isLog, unit } = histogram;
  // Names of percentiles stand above the bars.
  const ceiling = PAD.top + (histogram.percentiles.length > 0 ? NAME_HEIGHT : 0);
  const y = axisFor(counts, axisOf(definition['yaxis']), null, Math.max(2, height / 48));
  const [low, high] = [edges[0] ?? 0, edges.at(-1) ?? 1];
  const x = axisFor([low, high], { min: low, max: high, ...(isLog ? { scale: 'log' as const } : {}) }, unit, Math.max(2, width / 90));
  const inner = { width: width - PAD.left - PAD.right, height: height - ceiling - PAD.bottom };
  const left = (value: number) => PAD.left + x.place(value) * inner.width;
  const top = (value: number) => ceiling + (1 - Math.min(1, Math.max(0, y.place(value)))) * inner.height;
  const ground = ceiling + inner.height;
  const nameOf = (at: number) => `${formatValue(edges[at], unit)} – ${formatValue(edges[at + 1], unit)}`;
  // Within a bin the pointer says where: the closest group is meant.
  const valueAt = (event: MouseEvent, at: number) => {
    const { left: start, width: wide } = event.currentTarget.getBoundingClientRect();
    const [from, to] = [edges[at] ?? 0, edges[at + 1] ?? 0];
    return from + (to - from) * Math.min(1, Math.max(0, (event.clientX - start) / (wide || 1)));
  };
  return (
    <svg width={width} height={height} role="img" aria-label={`${definition.title ?? 'Distribution'}: histogram of ${counts.length} bins`} onMouseLeave={tip.hide}>
      {/* There is no half of a group. */}
      {y.ticks.map((tick, at) => Number.isInteger(tick) && (
        <g key={tick}>
          <line className={styles.grid} x1={PAD.left} x2={width - PAD.right} y1={top(tick)} y2={top(tick)} />
          <text className={styles.tick} x={PAD.left - 6} y={top(tick)} textAnchor="end" dominantBaseline="central">
            {tick < 1000 ? tick : y.labels[at]}
          </text>
        </g>
      ))}
      {x.ticks.map((tick, at) => (
        <text key={tick} className={styles.tick} x={Math.min(width - 16, Math.max(PAD.left, left(tick)))} y={height - 8} textAnchor="middle">
          {x.labels[at]}
        </text>
      ))}
      {counts.map((count, at) => {
        const [from, to] = [left(edges[at] ?? 0), left(edges[at + 1] ?? 0)];
        const has = count > 0;
        return (
          <g key={at} className={has ? styles.bin : undefined} onMouseMove={(event) => tip.show(event, <BinTip histogram={histogram} at={at} name={nameOf(at)} color={color} />)} {...(has ? { onClick: (event: MouseEvent) => onPick(event, at, valueAt(event, at)) } : {})}>
            <rect x={from} y={ceiling} width={Math.max(0, to - from)} height={inner.height} fill="transparent" />
            {has && <rect className={styles.bar} x={from + 0.5} y={top(count)} width={Math.max(1, to - from - 1)} height={Math.max(1, ground - top(count))} fill={color} />}
          </g>
        );
      })}
      {markedPercentiles(histogram, left).map(([name, value]) => (
        <g key={name} className={styles.percentile}>
          <line x1={left(value)} x2={left(value)} y1={ceiling - 3} y2={ground} />
          <text className={styles.tick} x={left(value)} y={ceiling - 9} textAnchor="middle" dominantBaseline="central">
            {name}
          </text>
        </g>
      ))}
      {/* Beside the bars: the widget's own notes would stand on the axis. */}
      {histogram.notes.map((note) => (
        <text key={note} className={styles.tick} x={width - PAD.right} y={ceiling + 10} textAnchor="end" pointerEvents="none">
          {note}
        </text>
      ))}
      {xMarkers(definition['markers']).map(({ value, label, state }) =>
        value < low || value > high ? null : (
          <g key={`${value}-${label ?? ''}`} stroke={STATES[state]} pointerEvents="none">
            <line x1={left(value)} x2={left(value)} y1={ceiling} y2={ground} strokeDasharray="4 3" />
            {label && (
              <text className={styles.label} x={left(value) + 4} y={ceiling + 10} fill={STATES[state]}>
                {label}
              </text>
            )}
          </g>
        ),
      )}
    </svg>
  );
}

/** Groups that are named in the tip of their bin. */
const NAMES_MAX = 5;

function BinTip({ histogram: { counts, members, unit, count: all, named }, at, name, color }: { histogram: Histogram; at: number; name: string; color: string }) {
  const count = counts[at] ?? 0;
  const own = (members?.[at] ?? []).filter((member) => member.name !== '');
  return (
    <>
      <TipRow color={color} name={name} value={`${named(count)} · ${((count / Math.max(1, all)) * 100).toFixed(1)}%`} />
      {own.slice(0, NAMES_MAX).map((member) => (
        <TipRow key={member.name} name={member.name} value={formatValue(member.value, unit)} />
      ))}
      {own.length > NAMES_MAX && <TipRow name={`and ${own.length - NAMES_MAX} more`} />}
    </>
  );
}

/** Those within the axis whose names do not stand on another's, the lower ones first. */
function markedPercentiles({ percentiles, edges }: Histogram, left: (value: number) => number): readonly (readonly [name: string, value: number])[] {
  const [low, high] = [edges[0] ?? 0, edges.at(-1) ?? 0];
  let last = -Infinity;
  return percentiles.filter(([name, value]) => {
    if (!MARKED.includes(name) || value < low || value > high || left(value) - last < NAME_ROOM) return false;
    last = left(value);
    return true;
  });
}

/** Markers of this kind stand on the x axis: `x = 5`. */
function xMarkers(value: unknown) {
  const asY = (Array.isArray(value) ? value : []).map((one) => ({ ...bag(one), value: String(bag(one)['value'] ?? '').replace(/\bx\b/, 'y') }));
  return markersOf(asY).filter((marker) => Number.isFinite(marker.value));
}
