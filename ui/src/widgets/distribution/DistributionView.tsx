/** A histogram: how many groups, or how much of a distribution, lie between which values. */
import { useMemo, useRef } from 'react';

import { formatValue, paintOf, useShownTheme, type UnitPair } from '../../charts';
import { useWidget } from '../context';
import { binOf, binsOf, densityOfQuantiles, totals } from '../heatmap/density';
import { densityRequest, paletteOf } from '../heatmap/request';
import { DataState } from '../parts/DataState';
import { axisFor } from '../parts/ticks';
import { TipRow, useTip } from '../parts/tip';
import { useSize } from '../parts/use-size';
import { useLines, useScalars } from '../query/ask';
import { bag, num, requestsOf } from '../query/json';
import { unitOf } from '../query/numbers';
import { rampColors } from '../query/palettes';
import { gridOf } from '../query/rows';
import type { WidgetViewProps } from '../registry';
import { axisOf, markersOf } from '../timeseries/markers';
import styles from './distribution.module.css';

const BINS = 40;
const NOTHING: readonly never[] = [];
const PAD = { left: 44, right: 12, top: 6, bottom: 22 };
const STATES = { ok: 'var(--ok)', warn: 'var(--warn)', alert: 'var(--alert)', nodata: 'var(--nodata)', accent: 'var(--accent)' } as const;

interface Histogram {
  edges: readonly number[];
  counts: readonly number[];
  isLog: boolean;
  isShare: boolean;
  unit: UnitPair;
}

export default function DistributionView({ definition }: WidgetViewProps) {
  const { variables } = useWidget();
  const theme = useShownTheme();
  const tip = useTip();
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const raw = useMemo(() => requestsOf(definition).slice(0, 1), [definition]);
  const requests = useMemo(() => raw.map((request) => densityRequest(request, variables)), [raw, variables]);
  const asked = requests.map((request) => request.asked);
  const isQuantiles = requests[0]?.isQuantiles === true;
  const lines = useLines(isQuantiles ? asked : NOTHING);
  const scalars = useScalars(isQuantiles ? NOTHING : asked);
  const answers = isQuantiles ? lines : scalars;
  const xLook = useMemo(() => ({ ...axisOf(definition['xaxis']), bins: Math.min(200, Math.max(2, num(bag(definition['xaxis'])['num_buckets']) ?? BINS)) }), [definition]);
  const [lineData, scalarData] = [lines.parts[0]?.data, scalars.parts[0]?.data];
  const histogram = useMemo((): Histogram | undefined => {
    const look = { isLog: xLook.scale === 'log', bins: xLook.bins, min: xLook.min, max: xLook.max, includesZero: xLook.includesZero };
    const format = asked[0]?.formulas[0]?.format ?? {};
    if (isQuantiles) {
      if (!lineData || lineData.series.length === 0) return undefined;
      const density = densityOfQuantiles(lineData, look);
      const times = density.cells.filter((column) => column.some((share) => share > 0)).length || 1;
      return { edges: density.edges, isLog: density.isLog, counts: totals(density).map((sum) => sum / times), isShare: true, unit: unitOf(format, lineData.series[0]?.unit) };
    }
    const grid = gridOf(asked, scalars.parts);
    const values = grid.rows.flatMap((row) => row.values).filter((value) => value !== null);
    if (values.length === 0) return undefined;
    const bins = binsOf(values, { ...look, count: look.bins });
    const counts = new Array<number>(look.bins).fill(0);
    for (const value of values) {
      const bin = binOf(bins, value);
      if (bin >= 0) counts[bin] = (counts[bin] ?? 0) + 1;
    }
    return { edges: bins.edges, isLog: bins.isLog, counts, isShare: false, unit: unitOf(format, grid.columns[0]?.unit) };
  }, [asked, isQuantiles, xLook, lineData, scalarData]);
  const color = rampColors(paletteOf(raw[0]), 1, theme)?.[0] ?? paintOf({ color: 0 }, theme);
  return (
    <>
      <div ref={box} className={styles.box}>
        <DataState answers={answers} waits={asked.flatMap(({ waits }) => waits)} isEmpty={!histogram}>
          {histogram && width > 0 && <Bars histogram={histogram} width={width} height={height} color={color} definition={definition} tip={tip} />}
        </DataState>
      </div>
      {tip.node}
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
}

function Bars({ histogram: { edges, counts, isLog, isShare, unit }, width, height, color, definition, tip }: BarsProps) {
  const look = { ...axisOf(definition['yaxis']) };
  const percent: UnitPair = isShare ? [{ family: 'percentage', name: 'fraction', plural: 'fractions', short_name: '', scale_factor: 100 }, null] : null;
  const y = axisFor(counts, look, percent, Math.max(2, height / 48));
  // There is no half of a group.
  const isWhole = (tick: number) => isShare || Number.isInteger(tick);
  const [low, high] = [edges[0] ?? 0, edges.at(-1) ?? 1];
  const x = axisFor([low, high], { min: low, max: high, ...(isLog ? { scale: 'log' as const } : {}) }, unit, Math.max(2, width / 90));
  const inner = { width: width - PAD.left - PAD.right, height: height - PAD.top - PAD.bottom };
  const left = (value: number) => PAD.left + x.place(value) * inner.width;
  const top = (value: number) => PAD.top + (1 - Math.min(1, Math.max(0, y.place(value)))) * inner.height;
  const ground = PAD.top + inner.height;
  const nameOf = (at: number) => `${formatValue(edges[at], unit)} – ${formatValue(edges[at + 1], unit)}`;
  const written = (count: number) => (isShare ? `${(count * 100).toFixed(1)}%` : String(count));
  return (
    <svg width={width} height={height} role="img" aria-label={`${definition.title ?? 'Distribution'}: histogram of ${counts.length} bins`} onMouseLeave={tip.hide}>
      {y.ticks.map((tick, at) => isWhole(tick) && (
        <g key={tick}>
          <line className={styles.grid} x1={PAD.left} x2={width - PAD.right} y1={top(tick)} y2={top(tick)} />
          <text className={styles.tick} x={PAD.left - 6} y={top(tick)} textAnchor="end" dominantBaseline="central">
            {isShare ? y.labels[at] : tick}
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
        return (
          <g key={at} className={styles.bin} onMouseMove={(event) => tip.show(event, <TipRow color={color} name={nameOf(at)} value={written(count)} />)}>
            <rect x={from} y={PAD.top} width={Math.max(0, to - from)} height={inner.height} fill="transparent" />
            {count > 0 && <rect className={styles.bar} x={from + 0.5} y={top(count)} width={Math.max(1, to - from - 1)} height={Math.max(1, ground - top(count))} fill={color} />}
          </g>
        );
      })}
      {xMarkers(definition['markers']).map(({ value, label, state }) =>
        value < low || value > high ? null : (
          <g key={`${value}-${label ?? ''}`} stroke={STATES[state]}>
            <line x1={left(value)} x2={left(value)} y1={PAD.top} y2={ground} strokeDasharray="4 3" />
            {label && (
              <text className={styles.label} x={left(value) + 4} y={PAD.top + 10} fill={STATES[state]}>
                {label}
              </text>
            )}
          </g>
        ),
      )}
    </svg>
  );
}

/** Markers of this kind stand on the x axis: `x = 5`. */
function xMarkers(value: unknown) {
  const asY = (Array.isArray(value) ? value : []).map((one) => ({ ...bag(one), value: String(bag(one)['value'] ?? '').replace(/\bx\b/, 'y') }));
  return markersOf(asY).filter((marker) => Number.isFinite(marker.value));
}
