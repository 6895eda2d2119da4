/**
 * The legend under or beside a widget's chart: a line of names where there is little room, a table
 * with the columns that the definition names where there is more.
 */
import { useMemo, type MouseEvent } from 'react';

import { formatValue, paintOf, summarize, useShownTheme, type ChartData, type ChartSeries } from '../../charts';
import { cx } from '../../util/cx';
import { keyOf, valueOf } from '../query/rows';
import styles from './legend.module.css';

export type LegendColumn = 'value' | 'avg' | 'sum' | 'min' | 'max';

interface Props {
  data: ChartData;
  columns: readonly LegendColumn[];
  isTable: boolean;
  hidden: ReadonlySet<string>;
  onHide: (hidden: ReadonlySet<string>) => void;
  onFocus: (id: string | null) => void;
}

const HEADERS: Readonly<Record<LegendColumn, string>> = { value: 'Value', avg: 'Avg', sum: 'Sum', min: 'Min', max: 'Max' };
/** More rows than anyone reads; the chart still draws all. */
const ROWS_MAX = 100;

export function WidgetLegend({ data, columns, isTable, hidden, onHide, onFocus }: Props) {
  const theme = useShownTheme();
  const rows = useMemo(() => rowsOf(data), [data]);
  const click = (id: string, event: MouseEvent) => onHide(nextHidden(rows.map(({ series }) => series.id), hidden, id, event.ctrlKey || event.metaKey || event.shiftKey));
  const shown = rows.slice(0, ROWS_MAX);
  const shortOf = useMemo(() => shortNames(data.series), [data]);
  const name = ({ id, label, ...series }: ChartSeries) => (
    <button
      type="button"
      className={cx(styles.name, hidden.has(id) && styles.hidden)}
      aria-pressed={!hidden.has(id)}
      title={`${label}\nClick: only this · Ctrl-click: hide or show`}
      onClick={(event) => click(id, event)}
      onMouseEnter={() => onFocus(id)}
    >
      <span className={styles.swatch} style={{ background: paintOf(series, theme) }} />
      {(!isTable && shortOf?.has(id)) || !label.endsWith(`: ${series.tags.join(', ')}`) ? (
        <span className={styles.label}>{(!isTable && shortOf?.get(id)) || label}</span>
      ) : (
        <span className={styles.parts}>
          <span className={styles.label}>{label.slice(0, -(series.tags.join(', ').length + 2))}</span>
          <span className={styles.label}>{series.tags.join(', ')}</span>
        </span>
      )}
    </button>
  );
  if (!isTable) {
    return (
      <ul className={styles.inline} aria-label="Series" onMouseLeave={() => onFocus(null)}>
        {shown.map(({ series }) => (
          <li key={series.id}>{name(series)}</li>
        ))}
        {rows.length > ROWS_MAX && <li className={styles.more}>+ {rows.length - ROWS_MAX}</li>}
      </ul>
    );
  }
  return (
    <table className={styles.table} onMouseLeave={() => onFocus(null)}>
      <thead>
        <tr>
          <th scope="col">Series</th>
          {columns.map((column) => (
            <th key={column} scope="col">
              {HEADERS[column]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.map(({ series, summary }) => (
          <tr key={series.id}>
            <th scope="row">{name(series)}</th>
            {columns.map((column) => (
              <td key={column}>{formatValue(summary[column === 'value' ? 'last' : column], series.unit)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Groups' values alone, where all lines are groups of the same keys: a line of names has little room. */
export function shortNames(series: readonly ChartSeries[]): ReadonlyMap<string, string> | undefined {
  const keys = (tags: readonly string[]) => tags.map(keyOf).join(',');
  const first = series[0];
  if (!first || !series.every(({ label, tags, follows }) => follows !== undefined || (tags.length > 0 && label === tags.join(', ') && keys(tags) === keys(first.tags)))) return undefined;
  return new Map(series.map(({ id, tags }) => [id, tags.map((tag) => valueOf(tag) || 'N/A').join(', ')]));
}

function rowsOf({ series }: ChartData) {
  const own = series.filter(({ follows }) => follows === undefined);
  return own.map((one) => ({ series: one, summary: summarize(one.values) })).sort((a, b) => (b.summary.avg ?? -Infinity) - (a.summary.avg ?? -Infinity));
}

/** A click shows one alone, again all; with Ctrl or Shift it hides or shows one. */
export function nextHidden(ids: readonly string[], hidden: ReadonlySet<string>, id: string, isToggle: boolean): ReadonlySet<string> {
  if (isToggle) {
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    return next;
  }
  const isAlone = !hidden.has(id) && hidden.size === ids.length - 1;
  return new Set(isAlone ? [] : ids.filter((other) => other !== id));
}
