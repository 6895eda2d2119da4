/** The scale of the colours: how the values spread, and its ends, which can be set. */
import { useMemo } from 'react';

import { formatValue } from '../../../charts/format';
import type { UnitPair } from '../../../charts/units';
import { stepOf } from '../../../hostmap/scale';
import { End } from './LegendEnd';
import styles from './legend.module.css';

interface Props {
  label: string;
  colors: readonly string[];
  domain: readonly [number, number];
  values: readonly (number | null)[];
  unit: UnitPair;
  min: number | undefined;
  max: number | undefined;
  onChange: (end: 'fillmin' | 'fillmax', value: string | undefined) => void;
}

/** Bars of the spread: enough to see its shape. */
const BARS = 32;
const HEIGHT = 18;

export function Legend({ label, colors, domain, values, unit, min, max, onChange }: Props) {
  const bars = useMemo(() => spread(values, domain, colors.length), [values, domain, colors.length]);
  const width = 100 / BARS;
  return (
    <div className={styles.legend} role="group" aria-label={`Colours: ${label}`}>
      <End label="Lowest value of the colours" text={formatValue(domain[0], unit)} isSet={min !== undefined} onChange={(value) => onChange('fillmin', value)} />
      <div className={styles.scale}>
        <svg className={styles.bars} viewBox={`0 0 100 ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
          {bars.map((part, at) => (
            <rect key={at} x={at * width} width={width * 0.86} y={HEIGHT - part * HEIGHT} height={part * HEIGHT} />
          ))}
        </svg>
        <div className={styles.ramp} style={{ background: `linear-gradient(to right, ${colors.join(', ')})` }} />
      </div>
      <End label="Highest value of the colours" text={formatValue(domain[1], unit)} isSet={max !== undefined} onChange={(value) => onChange('fillmax', value)} />
      <span className={styles.empty}>
        <svg width="12" height="13" viewBox="0 0 12 13" aria-hidden>
          <path d="M6 .8 11.2 3.7v5.8L6 12.2.8 9.5V3.7z" />
        </svg>
        No data
      </span>
    </div>
  );
}

/** How many values lie in each part of the scale, as parts of the fullest. */
function spread(values: readonly (number | null)[], [min, max]: readonly [number, number], steps: number): number[] {
  const counts = new Array<number>(BARS).fill(0);
  for (const value of values) {
    const step = stepOf(value, min, max);
    if (step >= 0) counts[Math.floor((step * BARS) / steps)]! += 1;
  }
  const most = Math.max(1, ...counts);
  return counts.map((count) => (count === 0 ? 0 : Math.max(0.08, count / most)));
}
