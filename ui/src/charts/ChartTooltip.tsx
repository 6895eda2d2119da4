import { fullText } from '../time/format';
import type { Zone } from '../time/zone';
import styles from './chart.module.css';
import type { ChartSeries } from './data';
import { formatValue, intervalText } from './format';
import type { EventLine } from './marks';
import { seriesColor } from './palette';

export interface Hover {
  /** Start of the interval under the cursor. */
  time: number;
  /** Closest first. */
  rows: { series: ChartSeries; value: number; distance: number }[];
  left: number;
  top: number;
  width: number;
  height: number;
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

/** The values at the cursor. */
export function ChartTooltip({ hover, zone, theme, events, interval }: Props) {
  const isRight = hover.left > hover.width * 0.55;
  const perPixel = interval / 4;
  const near = (events ?? []).filter(({ time }) => Math.abs(time - hover.time) <= NEAR_PX * perPixel);
  const side = isRight ? { right: hover.width - hover.left + 14 } : { left: hover.left + 14 };
  return (
    <div className={styles.tooltip} style={side} aria-hidden>
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
          <span className={styles.swatch} style={{ background: seriesColor(series.color, theme) }} />
          <span className={styles.name}>{series.label}</span>
          <span className={styles.value}>{formatValue(value, series.unit)}</span>
        </div>
      ))}
      {hover.rows.length > ROWS_MAX && <div className={styles.more}>+ {hover.rows.length - ROWS_MAX}</div>}
    </div>
  );
}
