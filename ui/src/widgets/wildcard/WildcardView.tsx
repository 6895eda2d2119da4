/** A specification of Vega-Lite, as far as it is understood, drawn by our own charts over the queries' rows. */
import { Braces } from 'lucide-react';
import { useMemo } from 'react';

import { seriesColor, useShownTheme } from '../../charts';
import { assignColors } from '../../charts/palette';
import { DataState } from '../parts/DataState';
import { useTip } from '../parts/tip';
import { usePivotPoint } from '../parts/use-pivot-point';
import { WidgetEmpty } from '../parts/WidgetEmpty';
import { bag, num, requestsOf } from '../query/json';
import { valueText } from '../query/numbers';
import { useGrid } from '../query/use-grid';
import type { WidgetViewProps } from '../registry';
import TimeseriesView from '../timeseries/TimeseriesView';
import { WaitShape } from '../waits/shapes';
import { Arcs } from './Arcs';
import { drawingOf, recordsOf, type DrawnMark } from './marks';
import { Plot } from './Plot';
import { readSpec, type Spec } from './spec';
import styles from './wildcard.module.css';

export default function WildcardView({ definition }: WidgetViewProps) {
  const read = useMemo(() => readSpec(definition), [definition]);
  if ('lacks' in read) {
    return (
      <WidgetEmpty icon={<Braces aria-hidden />} title="Not all of this specification is understood" shape={<WaitShape type="wildcard" />}>
        {`It uses ${read.lacks.slice(0, 6).join(', ')}. Bars, lines, areas, points and arcs of plain fields are drawn; the definition is kept as it is.`}
      </WidgetEmpty>
    );
  }
  const { spec } = read;
  const overTime = spec.rows === undefined && spec.channels.x?.type === 'temporal' && requestsOf(definition).some((request) => request['response_format'] === 'timeseries');
  return overTime ? <TimeseriesView definition={asTimeseries(definition, spec)} /> : <Rows definition={definition} spec={spec} />;
}

/** Queries over time have a chart of their own: with zoom, cursor and legend. */
function asTimeseries(definition: WidgetViewProps['definition'], { mark }: Spec): WidgetViewProps['definition'] {
  const display_type = mark === 'bar' ? 'bars' : mark === 'area' ? 'area' : 'line';
  return { ...definition, type: 'timeseries', show_legend: true, legend_layout: 'horizontal', requests: requestsOf(definition).map((request) => ({ ...request, display_type })) };
}

function Rows({ definition, spec }: WidgetViewProps & { spec: Spec }) {
  const { answers, grid, waits } = useGrid(definition);
  const theme = useShownTheme();
  const tip = useTip();
  const pivot = usePivotPoint(definition);
  const records = useMemo(() => (spec.rows ? spec.rows.map((fields) => ({ fields, tags: [] })) : recordsOf(grid)), [spec, grid]);
  const drawing = useMemo(() => drawingOf(spec, records), [spec, records]);
  const isArc = spec.mark === 'arc';
  const groups = isArc ? drawing.names : drawing.groups;
  const colors = useMemo(() => assignColors(groups), [groups]);
  const colorOf = (group: string) => (group === '' && !isArc ? (spec.paint ?? seriesColor(0, theme)) : seriesColor(colors.get(group) ?? 0, theme));
  const column = grid.columns[0];
  const write = (value: number) => valueText(value, column?.line.format ?? {}, grid.columns.length === 1 ? column?.unit : null);
  const onPick = (event: React.MouseEvent, mark: DrawnMark, said: string) => pivot.open(event, { heading: `${[String(mark.across), mark.group].filter((part) => part !== '').join(' · ')} · ${said}`, tags: mark.tags, label: String(mark.across) });
  const label = definition.title || 'Wildcard';
  const notes = drawing.unknown.length > 0 ? [`No row has ${drawing.unknown.join(', ')}`] : [];
  const shared = { drawing, colorOf, write, tip, onPick, label };
  return (
    <>
      <DataState answers={answers} waits={waits} isEmpty={drawing.marks.length === 0 && drawing.unknown.length === 0} notes={notes}>
        <div className={styles.widget}>
          {isArc ? <Arcs {...shared} hole={num(bag(bag(bag(definition['specification'])['contents'])['mark'])['innerRadius']) ? 0.55 : 0} /> : <Plot spec={spec} {...shared} />}
          {(groups.length > 1 || isArc) && (
            <ul className={styles.legend} aria-label="Groups">
              {groups.slice(0, 50).map((group) => (
                <li key={group}>
                  <span className={styles.swatch} style={{ background: colorOf(group) }} />
                  {group || 'N/A'}
                </li>
              ))}
            </ul>
          )}
        </div>
      </DataState>
      {tip.node}
      {pivot.menu}
    </>
  );
}
