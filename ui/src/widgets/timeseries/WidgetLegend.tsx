/**
 * The legend under or beside a widget's chart: a line of names where there is little room, a table
 * with the columns that the definition names where there is more.
 */
import { useMemo, type MouseEvent } from 'react';

import { metricOf } from '../../api/timeseries';
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
  const parts = useMemo(() => partsOf(data.series), [data]);
  const name = ({ id, label, ...series }: ChartSeries) => {
    const [what, which] = parts.get(id) ?? [];
    return (
      <button
        type="button"
        className={cx(styles.name, hidden.has(id) && styles.hidden)}
        aria-pressed={!hidden.has(id)}
        title={`${label}\nClick: only this · Ctrl-click: hide or show`}
        onClick={(event) => click(id, event)}
        onMouseEnter={() => onFocus(id)}
      >
        <span className={styles.swatch} style={{ background: paintOf(series, theme) }} />
        {what === undefined || which === undefined ? (
          <span className={styles.label}>{(!isTable && shortOf?.get(id)) || label}</span>
        ) : (
          <span className={styles.parts}>
            <span className={styles.label}>{what}</span>
            <span className={styles.label}>{which}</span>
          </span>
        )}
      </button>
    );
  };
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

/** Of a query without a name, what its metric ends in: `sum:shop.requests{*}` is `requests`. */
export function shortExpression(name: string): string {
  const metric = name.includes('{') ? metricOf(name) : undefined;
  if (metric === undefined) return name;
  const parts = metric.split('.');
  const last = parts.at(-1) ?? metric;
  // `count` alone says too little.
  return last.length > GENERIC_MOST || parts.length < 2 ? last : parts.slice(-2).join('.');
}

const GENERIC_MOST = 5;

/** What a line measures, and which group it is, of graphs that measure several things. */
export function partsOf(series: readonly ChartSeries[]): ReadonlyMap<string, readonly [what: string, which: string]> {
  const split = series.flatMap(({ id, label, tags }) => {
    const ending = `: ${tags.join(', ')}`;
    return tags.length > 0 && label.endsWith(ending) ? [{ id, what: label.slice(0, -ending.length), tags }] : [];
  });
  const names = [...new Set(split.map(({ what }) => what))];
  const shorts = names.map(shortExpression);
  // Two that would be called the same keep their full names.
  const short = new Map(names.map((name, at) => [name, shorts.indexOf(shorts[at] ?? '') === shorts.lastIndexOf(shorts[at] ?? '') ? (shorts[at] ?? name) : name]));
  return new Map(split.map(({ id, what, tags }) => [id, [short.get(what) ?? what, tags.map((tag) => valueOf(tag) || 'N/A').join(', ')]]));
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
