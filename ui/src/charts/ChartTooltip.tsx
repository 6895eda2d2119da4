import { createPortal } from 'react-dom';

import { fullText } from '../time/format';
import type { Zone } from '../time/zone';
import styles from './chart.module.css';
import type { ChartSeries } from './data';
import { formatValue, intervalText } from './format';
import type { EventLine } from './marks';
import { paintOf } from './palette';

export interface Hover {
  /** Start of the interval under the cursor. */
  time: number;
  /** Closest first. */
  rows: { series: ChartSeries; value: number; distance: number }[];
  /** The cursor's place in the window. */
  left: number;
  /** The chart's upper edge in the window. */
  boxTop: number;
}

interface Props {
  hover: Hover;
  zone: Zone;
  theme: 'dark' | 'light';
  events: readonly EventLine[] | undefined;
  interval: number;
}

const ROWS_MAX = 12;
const NEAR_PX = 6;

/** Of the head, and of a row, in pixels. */
const HEAD = 40;
const ROW = 18;
const EDGE = 8;

/** The values at the cursor. It floats over all: small charts have no room for it. */
export function ChartTooltip({ hover, zone, theme, events, interval }: Props) {
  const isRight = hover.left > window.innerWidth * 0.6;
  const perPixel = interval / 4;
  const near = (events ?? []).filter(({ time }) => Math.abs(time - hover.time) <= NEAR_PX * perPixel);
  const side = isRight ? { right: window.innerWidth - hover.left + 14 } : { left: hover.left + 14 };
  const height = HEAD + ROW * (Math.min(hover.rows.length, ROWS_MAX + 1) + near.length);
  const top = Math.max(EDGE, Math.min(hover.boxTop + EDGE, window.innerHeight - height - EDGE));
  return createPortal(
    <div className={styles.tooltip} style={{ ...side, top }} aria-hidden>
      <div className={styles.when}>
        {fullText(hover.time, zone)}
        <span className={styles.interval}>{intervalText(interval)}</span>
      </div>
      {near.slice(0, 3).map(({ time, title }) => (
        <div key={`${time}-${title}`} className={styles.eventTitle}>
          {title}
        </div>
      ))}
      {hover.rows.length === 0 && <div className={styles.more}>No data at this time</div>}
      {hover.rows.slice(0, ROWS_MAX).map(({ series, value }, at) => (
        <div key={series.id} className={at === 0 ? styles.closest : styles.valueRow}>
          <span className={styles.swatch} style={{ background: paintOf(series, theme) }} />
          <span className={styles.name}>{series.label}</span>
          <span className={styles.value}>{formatValue(value, series.unit)}</span>
        </div>
      ))}
      {hover.rows.length > ROWS_MAX && <div className={styles.more}>+ {hover.rows.length - ROWS_MAX}</div>}
    </div>,
    document.body,
  );
}
