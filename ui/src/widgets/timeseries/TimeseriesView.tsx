/** The timeseries widget: lines, areas and bars of its requests in one chart, with its legend. */
import { useCallback, useMemo, useRef, useState } from 'react';

import { TimeseriesChart, useShownTheme } from '../../charts';
import { isEmpty } from '../../charts/data';
import { useTime } from '../../time/time-context';
import { cx } from '../../util/cx';
import { useWidget } from '../context';
import { DataState } from '../parts/DataState';
import { useSize } from '../parts/use-size';
import { useLines } from '../query/ask';
import { list, num, oneOf, requestsOf } from '../query/json';
import { customLinks } from '../query/links';
import { askedOf } from '../query/request';
import type { WidgetViewProps } from '../registry';
import { useSharedMax } from '../split-group/shared';
import { chartOf, lookOf, notesOf } from './lines';
import { axisOf, markersOf } from './markers';
import styles from './timeseries.module.css';
import { useEventLines } from './use-events';
import { WidgetLegend, type LegendColumn } from './WidgetLegend';

const BARS_MOST = 120;
const NONE: ReadonlySet<string> = new Set();
const COLUMNS = ['avg', 'min', 'max', 'value', 'sum'] as const satisfies readonly LegendColumn[];
/** Charts below this have no room for a legend, and below that for a line of names only. */
const LEGEND_LEAST = 110;
const TABLE_LEAST = 190;
/** Of the width, as the styles have it; narrower charts keep the legend below. */
const BESIDE_SHARE = 0.38;
const BESIDE_LEAST = 380;
/** Room for a name, and for a column of numbers. */
const NAME_WIDTH = 110;
const COLUMN_WIDTH = 62;

export default function TimeseriesView({ definition }: WidgetViewProps) {
  const { range, variables, onFilter } = useWidget();
  const { zone, zoomTo } = useTime();
  const theme = useShownTheme();
  const [hidden, setHidden] = useState(NONE);
  const [focused, setFocused] = useState<string | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const requests = useMemo(() => requestsOf(definition).map((request) => ({ asked: askedOf(request, variables), look: lookOf(request) })), [definition, variables]);
  // Bars beside lines stand where the lines have their points.
  const isAllBars = requests.length > 0 && requests.every(({ look }) => look.kind === 'bars');
  const answers = useLines(requests.map(({ asked }) => asked), isAllBars ? BARS_MOST : undefined);
  const events = useEventLines(definition['events'], answers.range);
  const datas = answers.parts.map(({ data }) => data);
  const data = useMemo(() => chartOf(requests.map((request, at) => ({ ...request, part: answers.parts[at] })), theme), [requests, theme, ...datas]);
  const thresholds = useMemo(() => markersOf(definition['markers']), [definition]);
  const links = useCallback(({ series }: { series: { tags: readonly string[] } }) => customLinks(definition['custom_links'], { tags: series.tags, range, variables }), [definition, range, variables]);
  const yMax = useSharedMax(definition.title ?? '', data);
  const last = data.times.at(-1) ?? 0;
  const hasForecast = data.series.some(({ follows, marks }) => follows !== undefined || marks?.forecastFrom !== undefined);
  const legend = legendOf(definition, size);
  const waits = requests.flatMap(({ asked }) => asked.waits);
  return (
    <div ref={box} className={styles.widget}>
      <DataState answers={answers} waits={waits} isEmpty={isEmpty(data)} notes={notesOf(data)}>
        <div className={cx(styles.widget, legend === 'beside' && styles.beside)}>
          <div className={styles.chart}>
            <TimeseriesChart
              label={definition.title ?? 'Timeseries'}
              data={data}
              range={hasForecast ? { from: range.from, to: Math.max(range.to, last) } : range}
              zone={zone}
              hidden={hidden}
              focused={focused}
              leftAxis={axisOf(definition['yaxis'])}
              rightAxis={axisOf(definition['right_yaxis'])}
              thresholds={thresholds}
              yMax={yMax}
              {...(events ? { events } : {})}
              partialFrom={!hasForecast && last + data.interval > range.to ? last : undefined}
              onZoom={zoomTo}
              pivotItems={links}
              {...(onFilter ? { onFilter } : {})}
            />
          </div>
          {legend !== 'none' && (
            <div className={cx(styles.legend, legend === 'line' && styles.line)} style={legend === 'below' ? { maxHeight: legendHeight(definition['legend_size'], size.height) } : undefined}>
              <WidgetLegend data={data} columns={columnsOf(definition).slice(0, columnsThatFit(legend === 'beside' ? size.width * BESIDE_SHARE : size.width))} isTable={legend !== 'line'} hidden={hidden} onHide={setHidden} onFocus={setFocused} />
            </div>
          )}
        </div>
      </DataState>
    </div>
  );
}

type LegendPlace = 'none' | 'line' | 'below' | 'beside';

function legendOf(definition: WidgetViewProps['definition'], { width, height }: { width: number; height: number }): LegendPlace {
  const isShown = definition['show_legend'] === true || (definition['show_legend'] === undefined && (num(definition['legend_size']) ?? 0) > 0);
  if (!isShown || height < LEGEND_LEAST) return 'none';
  switch (definition['legend_layout']) {
    case 'vertical':
      return width >= BESIDE_LEAST ? 'beside' : height < TABLE_LEAST ? 'line' : 'below';
    case 'horizontal':
      return 'line';
    default:
      return height < TABLE_LEAST ? 'line' : 'below';
  }
}

/** Rows and heading of a table, in pixels. */
const ROW = 18;
const MOST_SHARE = 0.6;

/** `2`, `4`, `8` and `16` are rows of the older form; they may take more than the usual share, but not all. */
export function legendHeight(size: unknown, height: number): number | undefined {
  const rows = num(size);
  return rows === undefined || rows <= 0 ? undefined : Math.min(height * MOST_SHARE, (rows + 1) * ROW);
}

function columnsThatFit(width: number): number {
  return Math.max(1, Math.floor((width - NAME_WIDTH) / COLUMN_WIDTH));
}

function columnsOf(definition: WidgetViewProps['definition']): readonly LegendColumn[] {
  const asked = list(definition['legend_columns']).flatMap((column) => oneOf(column, COLUMNS) ?? []);
  return asked.length > 0 ? asked : ['avg', 'min', 'max', 'value'];
}
