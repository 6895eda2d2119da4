/**
 * How many of what is listed fall where, stacked by state. A drag zooms the page's time, a click
 * zooms into one bar; the states of the legend narrow the search.
 */
import { useEffect, useMemo, useRef, useState, type PointerEvent } from 'react';

import { shortText } from '../time/format';
import type { Range } from '../time/selection';
import { useTime } from '../time/time-context';
import { cx } from '../util/cx';
import { histogram, slicesOf, type Slices } from './facets';
import styles from './histogram.module.css';

export interface HistogramState {
  id: string;
  label: string;
  /** Names a colour of the states: `ok`, `warn`, `alert`, `nodata`, `muted`, `accent`. */
  tone: Tone;
}

export type Tone = 'ok' | 'warn' | 'alert' | 'nodata' | 'muted' | 'accent';

interface Props<Item> {
  label: string;
  items: readonly Item[] | undefined;
  /** Bottom of the stack first. */
  states: readonly HistogramState[];
  timeOf: (item: Item) => number;
  stateOf: (item: Item) => string;
  /** The listed items reach back only to here: what is before is not known. Unix milliseconds. */
  knownFrom?: number | undefined;
  onState?: (state: string, event: { shiftKey: boolean; altKey: boolean }) => void;
}

const HEIGHT = 72;
const BAR_PX = 9;

export function StateHistogram<Item>(props: Props<Item>) {
  const { items, states, timeOf, stateOf } = props;
  const { range, zone, zoomTo } = useTime();
  const [place, width] = useWidth();
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const [hover, setHover] = useState<number | null>(null);
  const slices = useMemo(() => slicesOf(range.from, range.to, Math.max(10, Math.floor(width / BAR_PX))), [range, width]);
  const rows = useMemo(() => histogram(items ?? [], slices, timeOf, stateOf), [items, slices, timeOf, stateOf]);
  const totals = useMemo(() => totalsOf(rows, slices), [rows, slices]);
  const max = Math.max(1, ...totals);
  const known = states.filter((state) => rows.has(state.id));

  const xOf = (time: number) => ((time - range.from) / (range.to - range.from)) * width;
  const timeAt = (x: number) => range.from + (Math.max(0, Math.min(width, x)) / Math.max(1, width)) * (range.to - range.from);
  const xIn = (event: PointerEvent<Element>) => event.clientX - event.currentTarget.getBoundingClientRect().left;
  const sliceAt = (x: number) => Math.floor((timeAt(x) - slices.start) / slices.step);

  const onUp = (event: PointerEvent<SVGSVGElement>) => {
    if (!drag) return;
    setDrag(null);
    const next = zoomOf(drag.from, xIn(event), timeAt, slices);
    if (next) zoomTo(next);
  };
  return (
    <figure className={styles.figure} aria-label={props.label}>
      <div ref={place} className={styles.plot}>
        <span className={styles.max} aria-hidden>
          {items && items.length > 0 ? max.toLocaleString('en-US') : ''}
        </span>
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={summary(props.label, known, rows)}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            setDrag({ from: xIn(event), to: xIn(event) });
          }}
          onPointerMove={(event) => {
            setHover(sliceAt(xIn(event)));
            if (drag) setDrag({ ...drag, to: xIn(event) });
          }}
          onPointerUp={onUp}
          onPointerCancel={() => setDrag(null)}
          onPointerLeave={() => setHover(null)}
        >
          <Unknown to={props.knownFrom} xOf={xOf} />
          <Bars slices={slices} states={known} rows={rows} max={max} xOf={xOf} hover={hover} />
          {drag && Math.abs(drag.to - drag.from) > 3 && (
            <rect className={styles.drag} x={Math.min(drag.from, drag.to)} width={Math.abs(drag.to - drag.from)} y={0} height={HEIGHT} />
          )}
        </svg>
        {hover !== null && !drag && <Tip at={hover} slices={slices} states={known} rows={rows} x={xOf(slices.start + (hover + 0.5) * slices.step)} width={width} />}
      </div>
      <div className={styles.axis}>
        <span>{shortText(range.from, zone)}</span>
        <Legend states={known} rows={rows} onState={props.onState} />
        <span>{shortText(range.to, zone)}</span>
      </div>
    </figure>
  );
}

/** What a drag or a click means as time; nothing when the press never moved off the plot. */
function zoomOf(from: number, to: number, timeAt: (x: number) => number, slices: Slices): Range | undefined {
  if (Math.abs(to - from) > 3) {
    const [a, b] = [timeAt(Math.min(from, to)), timeAt(Math.max(from, to))];
    return b - a >= 1000 ? { from: a, to: b } : undefined;
  }
  const at = Math.floor((timeAt(to) - slices.start) / slices.step);
  const start = slices.start + at * slices.step;
  return { from: start, to: start + slices.step };
}

function totalsOf(rows: ReadonlyMap<string, number[]>, slices: Slices): number[] {
  const totals = new Array<number>(slices.count).fill(0);
  for (const row of rows.values()) row.forEach((count, at) => (totals[at] = (totals[at] ?? 0) + count));
  return totals;
}

const sumOf = (row: readonly number[] | undefined) => (row ?? []).reduce((sum, count) => sum + count, 0);

function summary(label: string, states: readonly HistogramState[], rows: ReadonlyMap<string, number[]>): string {
  const parts = states.map((state) => `${sumOf(rows.get(state.id))} ${state.label}`);
  return `${label}: ${parts.length > 0 ? parts.join(', ') : 'nothing'}`;
}

function Unknown({ to, xOf }: { to: number | undefined; xOf: (time: number) => number }) {
  const x = to === undefined ? 0 : xOf(to);
  if (x <= 1) return null;
  return (
    <g>
      <rect className={styles.unknown} x={0} width={x} y={0} height={HEIGHT} />
      <title>Not counted: only the newest are</title>
    </g>
  );
}

interface BarsProps {
  slices: Slices;
  states: readonly HistogramState[];
  rows: ReadonlyMap<string, number[]>;
  max: number;
  xOf: (time: number) => number;
  hover: number | null;
}

function Bars({ slices, states, rows, max, xOf, hover }: BarsProps) {
  const bars = [];
  for (let at = 0; at < slices.count; at++) {
    const x = xOf(slices.start + at * slices.step);
    const width = Math.max(1, xOf(slices.start + (at + 1) * slices.step) - x - 1);
    let y = HEIGHT;
    if (at === hover) bars.push(<rect key={`h${at}`} className={styles.column} x={x} width={width} y={0} height={HEIGHT} />);
    for (const state of states) {
      const count = rows.get(state.id)?.[at] ?? 0;
      if (count === 0) continue;
      // A single item among many is still to be seen.
      const height = Math.max(2, (count / max) * (HEIGHT - 6));
      y -= height;
      bars.push(<rect key={`${at}${state.id}`} className={styles[state.tone]} x={x} width={width} y={y} height={height} />);
    }
  }
  return <g>{bars}</g>;
}

interface TipProps extends Omit<BarsProps, 'max' | 'xOf' | 'hover'> {
  at: number;
  x: number;
  width: number;
}

function Tip({ at, slices, states, rows, x, width }: TipProps) {
  const { zone } = useTime();
  const start = slices.start + at * slices.step;
  const shown = [...states].reverse().filter((state) => (rows.get(state.id)?.[at] ?? 0) > 0);
  return (
    <div className={cx(styles.tip, x > width / 2 && styles.tipLeft)} style={{ left: x }} aria-hidden>
      <div className={styles.tipTime}>
        {shortText(start, zone)} – {shortText(start + slices.step, zone)}
      </div>
      {shown.length === 0 && <div className={styles.tipTime}>Nothing</div>}
      {shown.map((state) => (
        <div key={state.id} className={styles.tipRow}>
          <i className={cx(styles.dot, styles[state.tone])} />
          <span>{state.label}</span>
          <b>{(rows.get(state.id)?.[at] ?? 0).toLocaleString('en-US')}</b>
        </div>
      ))}
    </div>
  );
}

interface LegendProps {
  states: readonly HistogramState[];
  rows: ReadonlyMap<string, number[]>;
  onState: Props<never>['onState'];
}

function Legend({ states, rows, onState }: LegendProps) {
  return (
    <span className={styles.legend}>
      {states.map((state) => (
        <button key={state.id} type="button" className={styles.legendItem} disabled={!onState} onClick={(event) => onState?.(state.id, event)}>
          <i className={cx(styles.dot, styles[state.tone])} aria-hidden />
          {state.label}
          <b>{sumOf(rows.get(state.id)).toLocaleString('en-US')}</b>
        </button>
      ))}
    </span>
  );
}

function useWidth(): [React.RefObject<HTMLDivElement | null>, number] {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(800);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [place, width];
}
