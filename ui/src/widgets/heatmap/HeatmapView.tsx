/** How many lines, or how many values of a metric, lie where over time. */
import { useMemo, type MouseEvent } from 'react';

import { metricOf } from '../../api/timeseries';
import { countText, formatValue, useShownTheme } from '../../charts';
import { fullText } from '../../time/format';
import { useTime } from '../../time/time-context';
import { useWidget } from '../context';
import { DataState } from '../parts/DataState';
import { usePivotPoint } from '../parts/use-pivot-point';
import { useLines, useSpreads } from '../query/ask';
import { bag, num, requestsOf } from '../query/json';
import { unitOf } from '../query/numbers';
import { densityColors } from '../query/palettes';
import type { WidgetViewProps } from '../registry';
import { axisOf, markersOf } from '../timeseries/markers';
import { useEventLines } from '../timeseries/use-events';
import { beyondNote, closestLine, densityOfHistogram, densityOfLines } from './density';
import { HeatmapChart, type Cell } from './HeatmapChart';
import { columnWidth, countingAxis, densityRequest, paletteOf } from './request';

const BINS = 32;
const STEPS = 24;
/** Columns of counted values, unless the definition says how many. */
const COLUMNS = 90;
const COLUMNS_MAX = 500;
const NOTHING: readonly never[] = [];

export default function HeatmapView({ definition }: WidgetViewProps) {
  const { range, variables } = useWidget();
  const { zone, zoomTo } = useTime();
  const theme = useShownTheme();
  const pivot = usePivotPoint(definition);
  const raw = useMemo(() => requestsOf(definition).slice(0, 1), [definition]);
  const request = useMemo(() => raw.map((one) => densityRequest(one, variables))[0], [raw, variables]);
  const axis = useMemo(() => axisOf(definition['yaxis']), [definition]);
  const columns = Math.min(COLUMNS_MAX, num(bag(definition['xaxis'])['num_buckets']) ?? COLUMNS);
  const spreadOf = request?.spreadOf;
  const lines = useLines(request && spreadOf === undefined ? [request.asked] : NOTHING);
  const spreads = useSpreads(spreadOf === undefined ? NOTHING : [{ query: spreadOf, axis: countingAxis(axis, BINS), width: (length) => columnWidth(length, columns) }]);
  const answers = spreadOf === undefined ? lines : spreads;
  const events = useEventLines(definition['events'], answers.range);
  const [data, counted] = [lines.parts[0]?.data, spreads.parts[0]?.data];
  const density = useMemo(() => {
    if (spreadOf !== undefined) return counted && counted.count > 0 ? densityOfHistogram(counted, axis.scale === 'log') : undefined;
    if (!data || data.series.length === 0) return undefined;
    return densityOfLines(data, { isLog: axis.scale === 'log', bins: BINS, min: axis.min, max: axis.max, includesZero: axis.includesZero });
  }, [data, counted, axis, spreadOf]);
  const palette = paletteOf(raw[0]);
  const colors = useMemo(() => densityColors(palette, STEPS, theme), [palette, theme]);
  const thresholds = useMemo(() => markersOf(definition['markers']), [definition]);
  const unit = unitOf(request?.asked.formulas[0]?.format ?? {}, spreadOf === undefined ? data?.series[0]?.unit : counted?.unit);
  const named = (count: number) => (spreadOf === undefined ? `${count} ${count === 1 ? 'line' : 'lines'}` : `${countText(count)} ${count === 1 ? 'value' : 'values'}`);
  const pick = (event: MouseEvent, { at, bin, value, time, count }: Cell) => {
    if (!density) return;
    const line = data && spreadOf === undefined ? closestLine(data, density, at, value) : undefined;
    const when = fullText(time, zone);
    if (line) return pivot.open(event, { heading: `${line.series.label} · ${formatValue(line.value, unit)} · ${when}`, tags: line.series.tags, label: line.series.label, at: time, metric: line.series.metric });
    const label = request?.asked.formulas[0]?.label ?? '';
    const between = `${formatValue(density.edges[bin], unit)} – ${formatValue(density.edges[bin + 1], unit)}`;
    pivot.open(event, { heading: `${named(count)} · ${between} · ${when}`, tags: [], label, at: time, metric: metricOf(spreadOf ?? label) });
  };
  return (
    <>
      <DataState answers={answers} waits={request?.asked.waits ?? NOTHING} isEmpty={!density} notes={counted ? beyondNote(counted, (value) => formatValue(value, unit)) : NOTHING}>
        {density && (
          <HeatmapChart
            label={definition.title ?? 'Heatmap'}
            density={density}
            named={named}
            colors={colors}
            unit={unit}
            range={range}
            zone={zone}
            thresholds={thresholds}
            events={events}
            onZoom={zoomTo}
            onPick={pick}
          />
        )}
      </DataState>
      {pivot.menu}
    </>
  );
}
