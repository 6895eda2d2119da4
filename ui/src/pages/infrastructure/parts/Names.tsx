import { formatValue, seriesColor, summarize, useShownTheme, type ChartData } from '../../../charts';
import styles from './graph.module.css';

interface Props {
  data: ChartData | undefined;
  /** Stacks are named from the bottom. */
  isStacked: boolean;
}

/** More do not fit under a graph; its tooltip has all. */
const SHOWN_MAX = 5;

/** The names of a graph's lines, with their newest values, in one line of the same height always. */
export function Names({ data, isStacked }: Props) {
  const theme = useShownTheme();
  const series = isStacked ? [...(data?.series ?? [])].reverse() : (data?.series ?? []);
  return (
    <ul className={styles.names}>
      {series.slice(0, SHOWN_MAX).map(({ id, label, color, values, unit }) => (
        <li key={id} title={label}>
          <span className={styles.swatch} style={{ background: seriesColor(color, theme) }} aria-hidden />
          <span className={styles.label}>{label}</span>
          <span className={styles.value}>{formatValue(summarize(values).last, unit)}</span>
        </li>
      ))}
      {series.length > SHOWN_MAX && <li>+ {series.length - SHOWN_MAX}</li>}
    </ul>
  );
}
