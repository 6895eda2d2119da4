/** How far each group is from where it was. */
import { metricOf } from '../../api/timeseries';
import { DataState } from '../parts/DataState';
import { usePivotPoint } from '../parts/use-pivot-point';
import { valueText } from '../query/numbers';
import { nameOf } from '../query/rows';
import { useGrid } from '../query/use-grid';
import type { WidgetViewProps } from '../registry';
import styles from './change.module.css';
import { changeLook, changesOf, comparedTo, withPast } from './change';

const ROWS_MAX = 200;
const WORDS: Readonly<Record<string, string>> = { hour_before: 'an hour before', day_before: 'a day before', week_before: 'a week before', month_before: 'a month before' };

export default function ChangeView({ definition }: WidgetViewProps) {
  const { raw, answers, grid, waits } = useGrid(definition, withPast);
  const pivot = usePivotPoint(definition);
  const look = changeLook(raw[0] ?? {});
  const changes = changesOf(grid.rows, look).slice(0, ROWS_MAX);
  const most = Math.max(0, ...changes.map(({ change }) => Math.abs(change ?? 0)));
  const hasNoPast = changes.length > 0 && changes.every(({ past }) => past === null);
  const column = grid.columns[1] ?? grid.columns[0];
  const write = (value: number | null) => valueText(value, column?.line.format ?? {}, column?.unit);
  const signed = (value: number | null) => (value === null ? '–' : `${value > 0 ? '+' : ''}${write(value)}`);
  const percent = (value: number | null) => (value === null ? '–' : `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value * 100).toFixed(Math.abs(value) < 0.1 ? 1 : 0)}%`);
  return (
    <>
      <DataState answers={answers} waits={waits} isEmpty={changes.length === 0} notes={hasNoPast ? [`Nothing ${WORDS[comparedTo(raw[0] ?? {})]} to compare with`] : []}>
        <ol className={styles.list} aria-label={definition.title ?? 'Change'} data-compared={comparedTo(raw[0] ?? {})}>
          {changes.map(({ row, past, present, change, absolute, relative }) => {
            const isGood = change === null || change === 0 ? undefined : change > 0 === look.isIncreaseGood;
            const color = isGood === undefined ? 'var(--text-faint)' : isGood ? 'var(--ok)' : 'var(--alert)';
            const width = most > 0 && change !== null ? (Math.abs(change) / most) * 50 : 0;
            const name = nameOf(row, column?.title);
            return (
              <li key={row.id}>
                <button type="button" className={styles.row} title={`${row.tags.join(', ')}\n${write(past)} → ${write(present)}`} onClick={(event) => pivot.open(event, { heading: `${name} · ${write(past)} → ${write(present)}`, tags: row.tags, label: name, metric: metricOf(column?.line.label ?? '') })}>
                  <span className={styles.name}>{name}</span>
                  {(look.showsPresent || hasNoPast) && <span className={styles.present}>{write(present)}</span>}
                  <span className={styles.track} aria-hidden>
                    <span style={{ left: `${(change ?? 0) < 0 ? 50 - width : 50}%`, width: `${width}%`, background: color }} />
                  </span>
                  <span className={styles.change} style={{ color }}>
                    {(change ?? 0) > 0 ? '▲ ' : (change ?? 0) < 0 ? '▼ ' : ''}
                    {look.isRelative ? percent(relative) : signed(absolute)}
                  </span>
                  <span className={styles.other}>{look.isRelative ? signed(absolute) : percent(relative)}</span>
                </button>
              </li>
            );
          })}
        </ol>
      </DataState>
      {pivot.menu}
    </>
  );
}
