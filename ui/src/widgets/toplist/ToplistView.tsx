/** Groups by value, the largest first: bars with the value before the name. */
import { useMemo, type CSSProperties } from 'react';

import { metricOf } from '../../api/timeseries';
import { seriesColor, useShownTheme } from '../../charts';
import { cx } from '../../util/cx';
import { useWidget } from '../context';
import { DataState } from '../parts/DataState';
import { usePivotPoint } from '../parts/use-pivot-point';
import { useScalars } from '../query/ask';
import { rowColors } from '../query/colors';
import { matching, readableOn } from '../query/conditions';
import { bag, oneOf, requestsOf, text } from '../query/json';
import { valueText } from '../query/numbers';
import { askedOf } from '../query/request';
import { gridOf, nameOf, ordered, orderOf } from '../query/rows';
import type { WidgetViewProps } from '../registry';
import styles from './toplist.module.css';
import { leadColumn, segmentsOf, share } from './toplist';

/** The old form lists so many. */
const OLD_COUNT = 10;
const ROWS_MAX = 500;

export default function ToplistView({ definition }: WidgetViewProps) {
  const { variables } = useWidget();
  const theme = useShownTheme();
  const raw = useMemo(() => requestsOf(definition), [definition]);
  const requests = useMemo(() => raw.map((request) => askedOf(request, variables)), [raw, variables]);
  const answers = useScalars(requests);
  const pivot = usePivotPoint(definition);
  const grid = gridOf(requests, answers.parts);
  const order = orderOf(raw[0] ?? {});
  const lead = leadColumn(grid, order);
  const rows = ordered(grid.rows, { ...order, count: Math.min(ROWS_MAX, order.count ?? (raw[0]?.['q'] ? OLD_COUNT : ROWS_MAX)) });
  const style = bag(definition['style']);
  const palette = text(style['palette']) ?? text(bag(raw[0]?.['style'])['palette']);
  const isStacked = bag(style['display'])['type'] === 'stacked' && grid.columns.length === 1;
  const column = grid.columns[lead];
  const values = rows.map(({ values }) => values[lead] ?? null);
  const colors = rowColors(rows, palette, theme);
  const total = values.reduce<number>((sum, value) => sum + Math.max(0, value ?? 0), 0);
  const most = Math.max(0, ...values.map((value) => Math.abs(value ?? 0)));
  const isRelative = style['scaling'] === 'relative';
  const plain = seriesColor(0, theme);
  const stackLegend = oneOf(bag(style['display'])['legend'], ['inline', 'none'] as const) ?? 'automatic';
  const texts = values.map((value) => {
    const written = valueText(value, column?.line.format ?? {}, column?.unit);
    const part = total > 0 ? `${((Math.max(0, value ?? 0) / total) * 100).toFixed(1)}%` : '–';
    // Relative means: of all.
    return isRelative ? { main: part, other: written } : { main: written, other: isStacked ? part : undefined };
  });
  const valueWidth = Math.max(3, ...texts.map(({ main }) => main.length));
  return (
    <>
      <DataState answers={answers} waits={requests.flatMap(({ waits }) => waits)} isEmpty={rows.length === 0}>
        <ol className={styles.list} aria-label={definition.title ?? 'Top list'} style={{ '--value': `${valueWidth}ch` } as CSSProperties}>
          {isStacked && (
            <li className={cx(styles.stack, stackLegend !== 'automatic' && styles.tall)} aria-hidden={stackLegend === 'automatic'}>
              {segmentsOf(values, total).map((width, at) => {
                const name = nameOf(rows[at] ?? { tags: [] }, column?.title);
                return (
                  <span key={rows[at]?.id} style={{ width: `${width}%`, background: colors[at], color: readableOn(colors[at] ?? '') }} title={`${name}: ${texts[at]?.main ?? ''}`}>
                    {stackLegend === 'inline' ? `${name} ${texts[at]?.main ?? ''}` : stackLegend === 'none' ? <span className="sr-only">{name}</span> : null}
                  </span>
                );
              })}
            </li>
          )}
          {(!isStacked || stackLegend === 'automatic') && rows.map((row, at) => {
            const value = values[at] ?? null;
            const condition = matching(column?.line.conditions ?? [], value);
            const { main: written, other } = texts[at] ?? { main: '', other: undefined };
            const name = nameOf(row, column?.title);
            return (
              <li key={row.id}>
                <button type="button" className={styles.row} title={row.tags.join(', ')} onClick={(event) => pivot.open(event, { heading: `${name} · ${written}`, tags: row.tags, label: name, metric: metricOf(column?.line.label ?? '') })}>
                  {isStacked ? (
                    <span className={styles.swatch} style={{ background: colors[at] }} />
                  ) : (
                    <span
                      className={cx(styles.bar, condition?.look.background !== undefined && styles.solid)}
                      style={{ width: `${isRelative ? share(value, total) : share(value, most)}%`, background: condition?.look.background ?? condition?.look.color ?? (palette && palette !== 'dog_classic' ? colors[at] : plain) }}
                    />
                  )}
                  <span className={styles.value} style={condition?.look.background || !condition ? undefined : { color: condition.look.color }}>
                    {condition?.look.background ? (
                      <span className={styles.chip} style={{ background: condition.look.background, color: condition.look.color }}>
                        {condition.hidesValue ? '' : written}
                      </span>
                    ) : condition?.look.image ? (
                      <>
                        <img className={styles.image} src={condition.look.image} alt="" referrerPolicy="no-referrer" />
                        {condition.hidesValue ? <span className="sr-only">{written}</span> : written}
                      </>
                    ) : (
                      written
                    )}
                  </span>
                  <span className={styles.name}>{name}</span>
                  {other !== undefined && <span className={styles.percent}>{other}</span>}
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
