import { seriesColor } from '../../charts';
import { cx } from '../../util/cx';
import { matching } from '../query/conditions';
import type { FormulaLine } from '../query/request';
import { share } from '../toplist/toplist';
import styles from './query-table.module.css';
import { Trend } from './Trend';

interface Props {
  value: number | null;
  line: FormulaLine;
  written: string;
  /** The column's largest. */
  most: number;
  theme: 'dark' | 'light';
  trend: readonly (number | null)[] | undefined;
  /** Of a bar or a course, in pixels. */
  track: number;
  /** Of all courses of the column, where they share it. */
  scale: readonly [number, number] | undefined;
}

/** A formula's value: as a number, with a bar, or with its course. */
export function Cell({ value, line, written, most, theme, trend, track, scale }: Props) {
  const condition = matching(line.conditions, value);
  const { background, color, image } = condition?.look ?? {};
  const number = (
    <span className={cx(background !== undefined && styles.chip)} style={{ background, color }}>
      {image !== undefined && <img className={styles.image} src={image} alt="" referrerPolicy="no-referrer" />}
      {condition?.hidesValue ? (image === undefined ? '' : <span className="sr-only">{written}</span>) : written}
    </span>
  );
  if (line.cell === 'bar') {
    return (
      <td className={styles.number}>
        <span className={styles.bar}>
          {number}
          <span className={styles.track}>
            <span style={{ width: `${share(value, most)}%`, background: background ?? color ?? seriesColor(0, theme) }} />
          </span>
        </span>
      </td>
    );
  }
  if (line.cell === 'trend') {
    return (
      <td className={styles.number}>
        <span className={styles.bar}>
          {number}
          {trend && <Trend values={trend} kind={line.trend ?? 'line'} scale={scale} label={`${line.alias ?? line.label} over time`} width={track} />}
        </span>
      </td>
    );
  }
  return <td className={styles.number}>{number}</td>;
}
