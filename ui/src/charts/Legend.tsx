/**
 * The series of a graph with their values. A click shows one alone, again all; with Ctrl or Shift
 * it hides or shows one.
 */
import { useMemo, useState, type MouseEvent } from 'react';

import { cx } from '../util/cx';
import { summarize, type ChartData, type ChartSeries, type Summary } from './data';
import { formatValue } from './format';
import styles from './legend.module.css';
import { paintOf } from './palette';
import { useShownTheme } from './theme';

type Key = 'label' | 'min' | 'avg' | 'max' | 'last' | 'sum';

const COLUMNS: { key: Key; header: string }[] = [
  { key: 'label', header: 'Series' },
  { key: 'min', header: 'Min' },
  { key: 'avg', header: 'Avg' },
  { key: 'max', header: 'Max' },
  { key: 'last', header: 'Last' },
  { key: 'sum', header: 'Sum' },
];

/** More rows than anyone reads; the graph still draws all. */
const ROWS_MAX = 200;
/** From so many on, a field finds one. */
const SEARCH_FROM = 12;

interface Props {
  data: ChartData;
  hidden: ReadonlySet<string>;
  onHide: (hidden: ReadonlySet<string>) => void;
  onFocus: (id: string | null) => void;
}

interface Row {
  series: ChartSeries;
  summary: Summary;
}

const collator = new Intl.Collator('en', { numeric: true });

function compare(a: Row, b: Row, key: Key): number {
  if (key === 'label') return collator.compare(a.series.label, b.series.label);
  return (a.summary[key] ?? -Infinity) - (b.summary[key] ?? -Infinity);
}

export function Legend({ data, hidden, onHide, onFocus }: Props) {
  const [sort, setSort] = useState<{ key: Key; isDown: boolean }>({ key: 'avg', isDown: true });
  const [typed, setTyped] = useState('');
  const theme = useShownTheme();
  const rows = useMemo(() => {
    const needle = typed.trim().toLowerCase();
    const wanted = data.series.filter(({ label, follows }) => follows === undefined && label.toLowerCase().includes(needle));
    const all = wanted.map((series) => ({ series, summary: summarize(series.values) }));
    return all.sort((a, b) => (sort.isDown ? -1 : 1) * compare(a, b, sort.key) || collator.compare(a.series.label, b.series.label));
  }, [data, sort, typed]);

  const click = (id: string, event: MouseEvent) => {
    const ids = data.series.map((series) => series.id);
    if (event.ctrlKey || event.metaKey || event.shiftKey) {
      const next = new Set(hidden);
      if (!next.delete(id)) next.add(id);
      return onHide(next);
    }
    const isAlone = !hidden.has(id) && hidden.size === ids.length - 1;
    onHide(new Set(isAlone ? [] : ids.filter((other) => other !== id)));
  };
  return (
    <div className={styles.scroller}>
      <table className={styles.table} onMouseLeave={() => onFocus(null)}>
        <thead>
          <tr>
            {COLUMNS.map(({ key, header }) => (
              <th key={key} scope="col" aria-sort={sort.key === key ? (sort.isDown ? 'descending' : 'ascending') : 'none'}>
                <button type="button" onClick={() => setSort({ key, isDown: sort.key === key ? !sort.isDown : key !== 'label' })}>
                  {header}
                  <span aria-hidden>{sort.key === key ? (sort.isDown ? ' ↓' : ' ↑') : ''}</span>
                </button>
                {key === 'label' && data.series.length >= SEARCH_FROM && (
                  <input
                    className={styles.search}
                    aria-label="Find series"
                    placeholder={`Find in ${data.series.length}`}
                    value={typed}
                    onChange={(event) => setTyped(event.currentTarget.value)}
                  />
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, ROWS_MAX).map(({ series, summary }) => (
            <tr key={series.id} className={cx(hidden.has(series.id) && styles.hidden)} onMouseEnter={() => onFocus(series.id)}>
              <th scope="row">
                <button
                  type="button"
                  className={styles.name}
                  aria-pressed={!hidden.has(series.id)}
                  title={`${series.label}\nClick: only this · Ctrl-click: hide or show`}
                  onClick={(event) => click(series.id, event)}
                >
                  <span className={styles.swatch} style={{ background: paintOf(series, theme) }} />
                  <span className={styles.label}>{series.label}</span>
                </button>
              </th>
              {(['min', 'avg', 'max', 'last', 'sum'] as const).map((key) => (
                <td key={key}>{formatValue(summary[key], series.unit)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p className={styles.more}>No series is called “{typed}”.</p>}
      {rows.length > ROWS_MAX && <p className={styles.more}>+ {rows.length - ROWS_MAX} more series, drawn but not listed</p>}
    </div>
  );
}
