/** How many lines, or how much of a distribution, lies where over time. */
import { useMemo } from 'react';

import { useShownTheme } from '../../charts';
import { useTime } from '../../time/time-context';
import { useWidget } from '../context';
import { DataState } from '../parts/DataState';
import { useLines } from '../query/ask';
import { requestsOf } from '../query/json';
import { unitOf } from '../query/numbers';
import { densityColors } from '../query/palettes';
import type { WidgetViewProps } from '../registry';
import { axisOf, markersOf } from '../timeseries/markers';
import { useEventLines } from '../timeseries/use-events';
import { densityOfLines, densityOfQuantiles } from './density';
import { HeatmapChart } from './HeatmapChart';
import { densityRequest, paletteOf } from './request';

const BINS = 32;
const STEPS = 24;

export default function HeatmapView({ definition }: WidgetViewProps) {
  const { range, variables } = useWidget();
  const { zone, zoomTo } = useTime();
  const theme = useShownTheme();
  const raw = useMemo(() => requestsOf(definition).slice(0, 1), [definition]);
  const requests = useMemo(() => raw.map((request) => densityRequest(request, variables)), [raw, variables]);
  const answers = useLines(requests.map(({ asked }) => asked));
  const events = useEventLines(definition['events'], answers.range);
  const data = answers.parts[0]?.data;
  const axis = useMemo(() => axisOf(definition['yaxis']), [definition]);
  const isQuantiles = requests[0]?.isQuantiles === true;
  const density = useMemo(() => {
    if (!data || data.series.length === 0) return undefined;
    const look = { isLog: axis.scale === 'log', bins: BINS, min: axis.min, max: axis.max, includesZero: axis.includesZero };
    return isQuantiles ? densityOfQuantiles(data, look) : densityOfLines(data, look);
  }, [data, axis, isQuantiles]);
  const palette = paletteOf(raw[0]);
  const colors = useMemo(() => densityColors(palette, STEPS, theme), [palette, theme]);
  const thresholds = useMemo(() => markersOf(definition['markers']), [definition]);
  return (
    <DataState answers={answers} waits={requests.flatMap(({ asked }) => asked.waits)} isEmpty={!density || density.most === 0}>
      {density && (
        <HeatmapChart
          label={definition.title ?? 'Heatmap'}
          density={density}
          isShare={isQuantiles}
          colors={colors}
          unit={unitOf(requests[0]?.asked.formulas[0]?.format ?? {}, data?.series[0]?.unit)}
          range={range}
          zone={zone}
          thresholds={thresholds}
          events={events}
          onZoom={zoomTo}
        />
      )}
    </DataState>
  );
}
