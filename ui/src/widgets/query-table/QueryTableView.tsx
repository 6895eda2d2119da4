/** A table of groups: a column per group key and per formula. */
import { Search } from 'lucide-react';
import { useDeferredValue, useMemo, useRef, useState, type CSSProperties } from 'react';

import { useShownTheme } from '../../charts';
import { useWidget } from '../context';
import { DataState } from '../parts/DataState';
import { usePivotPoint } from '../parts/use-pivot-point';
import { useSize } from '../parts/use-size';
import { useLines, useScalars } from '../query/ask';
import { requestsOf } from '../query/json';
import { valueText } from '../query/numbers';
import { askedOf } from '../query/request';
import { gridOf, keyOf, nameOf, ordered, orderOf, valueOf, type RowOrder } from '../query/rows';
import type { WidgetViewProps } from '../registry';
import { Cell } from './Cell';
import { extentOf } from './Trend';
import styles from './query-table.module.css';
import { textFormats, trendsOf, widthsOf } from './table';

const ROWS_MAX = 1000;
/** `auto` shows the search from so many rows on. */
const SEARCH_FROM = 15;
const NOTHING: readonly never[] = [];

export default function QueryTableView({ definition }: WidgetViewProps) {
  const { variables } = useWidget();
  const theme = useShownTheme();
  const box = useRef<HTMLDivElement>(null);
  const { width } = useSize(box);
  const raw = useMemo(() => requestsOf(definition), [definition]);
  const requests = useMemo(() => raw.map((request) => askedOf(request, variables)), [raw, variables]);
  const answers = useScalars(requests);
  const hasTrends = requests.some(({ formulas }) => formulas.some(({ cell }) => cell === 'trend'));
  const courses = useLines(hasTrends ? requests : NOTHING);
  const trends = useMemo(() => trendsOf(courses.parts), [...courses.parts.map(({ data }) => data)]);
  const formats = useMemo(() => textFormats(raw), [raw]);
  const [sort, setSort] = useState<RowOrder['by'][number] | null>(null);
  const [typed, setTyped] = useState('');
  const needle = useDeferredValue(typed.trim().toLowerCase());
  const pivot = usePivotPoint(definition);
  const grid = gridOf(requests, answers.parts);
  const own = orderOf(raw[0] ?? {});
  const chosen = ordered(grid.rows, { ...own, count: Math.min(ROWS_MAX, own.count ?? ROWS_MAX) });
  const sorted = sort ? ordered(chosen, { by: [sort] }) : chosen;
  const rows = needle === '' ? sorted : sorted.filter(({ tags }) => tags.some((tag) => valueOf(tag).toLowerCase().includes(needle)));
  const most = grid.columns.map((_, at) => Math.max(0, ...grid.rows.map(({ values }) => Math.abs(values[at] ?? 0))));
  const by = sort ?? own.by[0];
  const fit = widthsOf(width, grid.keys.length, grid.columns.map(({ line }) => line.cell ?? 'number'));
  const scales = grid.columns.map(({ line, request }) => {
    if (line.cell !== 'trend' || !line.isSharedScale) return undefined;
    return extentOf(rows.flatMap((row) => [trends(request, line.formula, requests[request]?.formulas ?? [], row.id) ?? []]));
  });
  const searchMode = definition['has_search_bar'];
  const hasSearch = searchMode === 'always' || (searchMode !== 'never' && grid.rows.length >= SEARCH_FROM);

  const header = (title: string, order: { kind: 'formula'; index: number } | { kind: 'group'; name: string }) => {
    const isBy = by?.kind === order.kind && (by.kind === 'formula' ? by.index === (order as { index: number }).index : by.name === (order as { name: string }).name);
    const isDown = by?.isDown === true;
    return (
      <th key={title} scope="col" className={order.kind === 'formula' ? styles.number : undefined} aria-sort={isBy ? (isDown ? 'descending' : 'ascending') : 'none'}>
        <button type="button" title={title} onClick={() => setSort({ ...order, isDown: isBy ? !isDown : order.kind === 'formula' })}>
          <span className={styles.title}>{title}</span>
          {isBy && <span aria-hidden>{isDown ? '↓' : '↑'}</span>}
        </button>
      </th>
    );
  };
  return (
    <div ref={box} className={styles.place} style={{ '--group-most': `${fit.group}px`, '--head-most': `${fit.head}px`, '--track': `${fit.track}px` } as CSSProperties}>
      <DataState answers={answers} waits={requests.flatMap(({ waits }) => waits)} isEmpty={grid.rows.length === 0}>
        <div className={styles.widget}>
          {hasSearch && (
            <label className={styles.search}>
              <Search aria-hidden />
              <input value={typed} aria-label="Find in the table" placeholder={`Find in ${chosen.length} rows`} onChange={(event) => setTyped(event.currentTarget.value)} />
            </label>
          )}
          <div className={styles.scroller}>
            <table className={styles.table} aria-label={definition.title ?? 'Table'}>
              <thead>
                <tr>
                  {grid.keys.map((key) => header(key, { kind: 'group', name: key }))}
                  {grid.columns.map(({ title }, at) => header(title, { kind: 'formula', index: at }))}
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.id} tabIndex={0} onClick={(event) => pivot.open(event, { heading: nameOf(row), tags: row.tags, label: nameOf(row) })} onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.click()}>
                    {grid.keys.map((key, at) => {
                      const value = valueOf(row.tags.find((tag) => keyOf(tag) === key) ?? '');
                      const format = formats(at, value);
                      return (
                        <td key={key} className={styles.group} title={value}>
                          <span className={format.look.background ? styles.chip : undefined} style={{ background: format.look.background, color: format.look.color }}>
                            {format.text || '–'}
                          </span>
                        </td>
                      );
                    })}
                    {grid.columns.map(({ line, unit, request }, at) => (
                      <Cell key={at} value={row.values[at] ?? null} line={line} written={valueText(row.values[at], line.format, unit)} most={most[at] ?? 0} theme={theme} track={fit.track} scale={scales[at]} trend={line.cell === 'trend' ? trends(request, line.formula, requests[request]?.formulas ?? [], row.id) : undefined} />
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
            {rows.length === 0 && <p className={styles.none}>No row has “{typed}”.</p>}
          </div>
        </div>
      </DataState>
      {pivot.menu}
    </div>
  );
}
