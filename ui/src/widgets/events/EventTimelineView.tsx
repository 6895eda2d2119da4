/** Events of a search over time, stacked by status; a drag zooms the dashboard. */
import { useMemo, useRef, useState, type PointerEvent } from 'react';

import { ErrorState, Skeleton } from '../../components';
import { histogram, slicesOf, type Slices } from '../../explorer/facets';
import { useSize } from '../../hostmap/use-size';
import { STATES, statusOf, timeOf, type EventItem } from '../../pages/events/data';
import { shortText } from '../../time/format';
import { useTime } from '../../time/time-context';
import { cx } from '../../util/cx';
import { useWidget } from '../context';
import { text } from '../parts/read';
import { WidgetEmpty } from '../parts/WidgetEmpty';
import type { WidgetViewProps } from '../registry/kind';
import styles from './events.module.css';
import { useWidgetEvents } from './use-events';

const BAR_PX = 10;
const FOOT_PX = 20;

export default function EventTimelineView({ definition }: WidgetViewProps) {
  const events = useWidgetEvents(text(definition['query']), text(definition['tags_execution'], 'and'));
  if (events.error && !events.data) return <ErrorState error={events.error} onRetry={() => void events.refetch()} />;
  if (!events.data) return <Skeleton height="100%" />;
  if (events.data.items.length === 0) return <WidgetEmpty title="No events">{events.search === '' ? 'None in this time.' : `None of ${events.search} in this time.`}</WidgetEmpty>;
  return <Timeline items={events.data.items} isOld={events.isOld} />;
}

function Timeline({ items, isOld }: { items: readonly EventItem[]; isOld: boolean }) {
  const { range } = useWidget();
  const { zone, zoomTo } = useTime();
  const place = useRef<HTMLDivElement>(null);
  const size = useSize(place);
  const [drag, setDrag] = useState<[from: number, to: number] | null>(null);
  const [hover, setHover] = useState<number | null>(null);
  const [width, height] = [size?.width ?? 0, Math.max(0, (size?.height ?? 0) - FOOT_PX)];
  const slices = useMemo(() => slicesOf(range.from, range.to, Math.max(8, Math.floor(width / BAR_PX))), [range, width]);
  const rows = useMemo(() => histogram(items, slices, timeOf, statusOf), [items, slices]);
  const span = range.to - range.from;
  const xOf = (time: number) => ((time - range.from) / span) * width;
  const timeAt = (x: number) => range.from + (Math.min(width, Math.max(0, x)) / Math.max(1, width)) * span;
  const xIn = (event: PointerEvent<Element>) => event.clientX - event.currentTarget.getBoundingClientRect().left;
  const onUp = () => {
    if (drag && Math.abs(drag[1] - drag[0]) > 4) zoomTo({ from: timeAt(Math.min(...drag)), to: timeAt(Math.max(...drag)) });
    setDrag(null);
  };
  return (
    <div ref={place} className={cx(styles.timeline, isOld && styles.old)}>
      <svg
        width={width}
        height={height}
        role="img"
        aria-label={`${items.length} events over time`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag([xIn(event), xIn(event)]);
        }}
        onPointerMove={(event) => {
          setHover(Math.floor((timeAt(xIn(event)) - slices.start) / slices.step));
          if (drag) setDrag([drag[0], xIn(event)]);
        }}
        onPointerUp={onUp}
        onPointerCancel={() => setDrag(null)}
        onPointerLeave={() => setHover(null)}
      >
        <Bars slices={slices} rows={rows} height={height} xOf={xOf} hover={hover} />
        {drag && <rect className={styles.drag} x={Math.min(...drag)} width={Math.abs(drag[1] - drag[0])} y={0} height={height} />}
      </svg>
      <div className={styles.foot}>
        <span>{shortText(range.from, zone)}</span>
        <span className={styles.said}>{hover === null ? totalText(rows) : sliceText(hover, slices, rows, (at) => shortText(at, zone))}</span>
        <span>{shortText(range.to, zone)}</span>
      </div>
    </div>
  );
}

interface BarsProps {
  slices: Slices;
  rows: ReadonlyMap<string, number[]>;
  height: number;
  xOf: (time: number) => number;
  hover: number | null;
}

function Bars({ slices, rows, height, xOf, hover }: BarsProps) {
  const states = STATES.filter(({ id }) => rows.has(id));
  const totals = Array.from({ length: slices.count }, (_, at) => states.reduce((sum, { id }) => sum + (rows.get(id)?.[at] ?? 0), 0));
  const max = Math.max(1, ...totals);
  const bars = [];
  for (let at = 0; at < slices.count; at += 1) {
    const x = xOf(slices.start + at * slices.step);
    const width = Math.max(1, xOf(slices.start + (at + 1) * slices.step) - x - 1);
    if (at === hover) bars.push(<rect key={`h${at}`} className={styles.column} x={x} width={width} y={0} height={height} />);
    let y = height;
    for (const { id, tone } of states) {
      const count = rows.get(id)?.[at] ?? 0;
      if (count === 0) continue;
      // A single event among many is still to be seen.
      const tall = Math.max(3, (count / max) * (height - 4));
      y -= tall;
      bars.push(<rect key={`${at}${id}`} className={styles[tone]} x={x} width={width} y={y} height={tall} />);
    }
  }
  return <g>{bars}</g>;
}

const sum = (row: readonly number[]) => row.reduce((total, count) => total + count, 0);

function totalText(rows: ReadonlyMap<string, number[]>): string {
  return STATES.flatMap(({ id, label }) => (rows.has(id) ? `${sum(rows.get(id) ?? []).toLocaleString('en-US')} ${label}` : [])).join(' · ');
}

function sliceText(at: number, slices: Slices, rows: ReadonlyMap<string, number[]>, format: (time: number) => string): string {
  const counts = STATES.flatMap(({ id, label }) => ((rows.get(id)?.[at] ?? 0) > 0 ? `${rows.get(id)?.[at]} ${label}` : []));
  return `${format(slices.start + at * slices.step)}: ${counts.join(' · ') || 'nothing'}`;
}
