/** One number, as large as its box allows, over the course that led to it. */
import { useMemo, useRef } from 'react';

import { useShownTheme } from '../../charts';
import { summarize } from '../../charts/data';
import { cx } from '../../util/cx';
import { useWidget } from '../context';
import { DataState } from '../parts/DataState';
import { usePivotPoint } from '../parts/use-pivot-point';
import { useSize } from '../parts/use-size';
import { useLines, useScalars } from '../query/ask';
import { matching } from '../query/conditions';
import { bag, oneOf, requestsOf, text } from '../query/json';
import { precisionOf, valueParts } from '../query/numbers';
import { askedOf } from '../query/request';
import { gridOf } from '../query/rows';
import type { WidgetViewProps } from '../registry';
import { Background } from './Background';
import { Compared } from './Compared';
import { comparisonOf } from './comparison';
import { fontSize } from './fit';
import styles from './query-value.module.css';

const BARS_MOST = 48;
const NOTHING: readonly never[] = [];

export default function QueryValueView({ definition }: WidgetViewProps) {
  const { variables, range } = useWidget();
  const theme = useShownTheme();
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const requests = useMemo(() => requestsOf(definition).slice(0, 1).map((request) => askedOf(request, variables)), [definition, variables]);
  const answers = useScalars(requests);
  const backgroundKind = oneOf(bag(definition['timeseries_background'])['type'], ['bars', 'area', 'min_max'] as const);
  const course = useLines(backgroundKind ? requests : NOTHING, backgroundKind === 'bars' ? BARS_MOST : undefined);
  const comparison = comparisonOf(requestsOf(definition)[0]?.['comparison'], range);
  const past = gridOf(requests, useScalars(comparison ? requests : NOTHING, comparison?.range).parts).rows[0]?.values[0] ?? null;
  const pivot = usePivotPoint(definition);
  const { rows, columns } = gridOf(requests, answers.parts);
  const column = columns[0];
  // Several groups make one number, as the first is as good as any.
  const [row] = rows;
  const value = row?.values[0] ?? null;
  const condition = matching(column?.line.conditions ?? [], value);
  const customUnit = text(definition['custom_unit'])?.trim();
  const parts =
    value === null
      ? { number: '–', suffix: '' }
      : valueParts(value, {
          format: column?.line.format ?? {},
          own: column?.unit,
          autoscale: definition['autoscale'] !== false,
          precision: precisionOf(definition['precision']) ?? 2,
          ...(customUnit ? { customUnit } : {}),
        });
  const { look = {}, hidesValue = false } = condition ?? {};
  const lines = course.parts[0]?.data;
  const summary = summarize(lines?.series[0]?.values ?? []);
  const align = oneOf(definition['text_align'], ['left', 'center', 'right'] as const) ?? 'center';
  return (
    <div ref={box} className={styles.box} style={{ color: look.color }} {...(look.background ? { 'data-ground': look.color === 'var(--on-light)' ? 'light' : 'dark' } : {})}>
      {look.background && <span className={styles.ground} style={{ background: look.background }} />}
      {look.image && <img className={styles.image} src={look.image} alt="" />}
      <DataState answers={answers} waits={requests.flatMap(({ waits }) => waits)} isEmpty={value === null}>
        {lines && backgroundKind && <Background data={lines} kind={backgroundKind} axis={bag(definition['timeseries_background'])['yaxis']} isOnColor={look.background !== undefined} theme={theme} />}
        <button
          type="button"
          className={cx(styles.value, styles[align], backgroundKind && styles.lifted)}
          onClick={(event) => pivot.open(event, { heading: `${definition.title || (column?.title ?? '')} · ${parts.number}${parts.suffix}`, tags: row?.tags ?? [], label: parts.number + parts.suffix })}
          title={column?.title}
        >
          {!hidesValue && (
            <span className={styles.number} style={{ fontSize: fontSize(parts.number + parts.suffix, width, height) }}>
              {parts.number}
              <span className={styles.unit}>{parts.suffix}</span>
            </span>
          )}
          {comparison && past !== null && value !== null && <Compared now={value} before={past} comparison={comparison} column={column} isOnColor={look.background !== undefined} />}
          {backgroundKind === 'min_max' && summary.count > 0 && (
            <span className={styles.range}>
              {valueParts(summary.min ?? 0, { format: {}, own: column?.unit, autoscale: true, precision: 2 }).number} – {valueParts(summary.max ?? 0, { format: {}, own: column?.unit, autoscale: true, precision: 2 }).number}
            </span>
          )}
        </button>
      </DataState>
      {pivot.menu}
    </div>
  );
}
