/**
 * A chart with all around it: title, how many points and how wide their interval, export, legend,
 * and what there is to say when there is nothing to draw.
 */
import { Download, LayoutDashboard, Share2, TriangleAlert } from 'lucide-react';
import { useRef, useState, type ReactNode } from 'react';

import { ApiError } from '../api/errors';
import { Button, IconButton } from '../components/Button';
import { Menu, type MenuEntry } from '../components/Menu';
import { SkeletonRows } from '../components/Skeleton';
import type { WidgetDefinition } from '../dashboards/model';
import { share } from '../dashboards/share/open';
import { rangeText } from '../time/format';
import { useTime } from '../time/time-context';
import { cx } from '../util/cx';
import { isEmpty, pointCount, type ChartData } from './data';
import { download, fileName, toCsv, toJson, toPng } from './export';
import { countText, intervalText } from './format';
import styles from './graph.module.css';
import { Legend } from './Legend';
import type { Marks } from './marks';
import type { ChartKind } from './plot';
import type { ChartScale } from './scales';
import { TimeseriesChart } from './TimeseriesChart';

/** What a query of TanStack gives. */
export interface GraphResult {
  data?: ChartData | undefined;
  error: unknown;
  isPending: boolean;
  isPlaceholderData?: boolean;
  refetch: () => unknown;
}

export interface GraphProps extends Omit<Marks, 'partialFrom'> {
  title: string;
  result: GraphResult;
  kind?: ChartKind;
  scale?: ChartScale;
  /** Of the chart alone, in pixels; without it the graph fills its place. */
  height?: number;
  legend?: boolean;
  /** The axis reaches at least here: for graphs that are compared. */
  yMax?: number | undefined;
  /** Shown when the answer holds nothing: why, and what to do. */
  empty?: ReactNode;
  /** Before the export button. */
  tools?: ReactNode;
  onFilter?: (tag: string, isOut: boolean) => void;
  /** The graph as a widget: then it can go onto a dashboard, and be shared as a picture. */
  widget?: () => WidgetDefinition;
}

const NONE: ReadonlySet<string> = new Set();

export function Graph(props: GraphProps) {
  const { title, result, kind = 'line', scale = 'linear', legend = false } = props;
  const { range, zone, zoomTo } = useTime();
  const box = useRef<HTMLElement>(null);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(NONE);
  const [focused, setFocused] = useState<string | null>(null);
  const { data } = result;
  const isShown = data !== undefined && !isEmpty(data);
  return (
    <figure ref={box} className={cx(styles.graph, props.height === undefined && styles.fills)} aria-label={title}>
      <figcaption className={styles.head}>
        <span className={styles.title} title={title}>
          {title}
        </span>
        {isShown && <Note data={data} />}
        {props.tools}
        {isShown && <ExportMenu title={title} data={data} canvas={() => box.current?.querySelector('canvas') ?? null} widget={props.widget} />}
      </figcaption>
      <div className={cx(styles.body, props.height !== undefined && styles.sized)} style={props.height === undefined ? undefined : { height: props.height, flex: 'none' }}>
        {isShown ? (
          <div className={cx(styles.chart, result.isPlaceholderData && styles.old)}>
            <TimeseriesChart
              label={title}
              data={data}
              range={range}
              kind={kind}
              scale={scale}
              zone={zone}
              yMax={props.yMax}
              hidden={hidden}
              focused={focused}
              partialFrom={partialFrom(data, range.to)}
              onZoom={zoomTo}
              {...marksOf(props)}
              {...(props.onFilter ? { onFilter: props.onFilter } : {})}
            />
          </div>
        ) : (
          <Nothing result={result} empty={props.empty} when={rangeText(range, zone)} />
        )}
        {isShown && result.error ? <Failed result={result} /> : null}
      </div>
      {legend && result.isPending && (
        <div className={styles.legend}>
          <SkeletonRows rows={5} height={24} />
        </div>
      )}
      {legend && isShown && (
        <div className={styles.legend}>
          <Legend data={data} hidden={hidden} onHide={setHidden} onFocus={setFocused} />
        </div>
      )}
    </figure>
  );
}

function marksOf({ thresholds, bands, events }: GraphProps): Marks {
  return { ...(thresholds ? { thresholds } : {}), ...(bands ? { bands } : {}), ...(events ? { events } : {}) };
}

/** Where the interval begins that was not over when the data was asked for. */
function partialFrom(data: ChartData, to: number): number | undefined {
  const last = data.times.at(-1);
  return last !== undefined && last + data.interval > to ? last : undefined;
}

function Note({ data }: { data: ChartData }) {
  const text = `${countText(pointCount(data))} points · every ${intervalText(data.interval)}`;
  return (
    <span className={styles.note}>
      {data.partial !== undefined && (
        <span className={styles.partial} title={data.partial}>
          <TriangleAlert aria-hidden /> Partial: {data.partial}
        </span>
      )}
      {text}
    </span>
  );
}

/** New data could not be had; what is drawn is old. */
function Failed({ result }: { result: GraphResult }) {
  return (
    <div className={styles.failed} role="status">
      <TriangleAlert aria-hidden />
      <span>{messageOf(result.error)} · shown is what came before</span>
    </div>
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function Nothing({ result, empty, when }: { result: GraphResult; empty: ReactNode; when: string }) {
  if (result.error) {
    return (
      <div className={styles.nothing} role="alert">
        <TriangleAlert className={styles.alert} aria-hidden />
        <span>{messageOf(result.error)}</span>
        {result.error instanceof ApiError && result.error.hint && <span className={styles.why}>{result.error.hint}</span>}
        <Button onClick={() => void result.refetch()}>Try again</Button>
      </div>
    );
  }
  if (result.isPending) {
    return (
      <div className={styles.loading} role="status" aria-label="Loading">
        {[1, 2, 3, 4, 5].map((line) => (
          <span key={line} />
        ))}
      </div>
    );
  }
  return (
    <div className={styles.nothing}>
      {empty ?? (
        <>
          <span>No data</span>
          <span className={styles.why}>
            Nothing matched in {when}.
            {result.data?.partial ? ` ${result.data.partial}` : ''}
          </span>
        </>
      )}
    </div>
  );
}

interface ExportOf {
  title: string;
  data: ChartData;
  canvas: () => HTMLCanvasElement | null;
  widget: (() => WidgetDefinition) | undefined;
}

function ExportMenu({ title, data, canvas, widget }: ExportOf) {
  const { range } = useTime();
  const save = (ending: string, type: string, text: string) => download(fileName(title, ending), new Blob([text], { type }));
  const place = () => window.location.pathname + window.location.search;
  const items: MenuEntry[] = [
    ...(widget
      ? ([
          { label: 'Add to dashboard…', icon: <LayoutDashboard />, run: () => share({ kind: 'export', definition: widget() }) },
          { label: 'Share snapshot…', icon: <Share2 />, run: () => share({ kind: 'snapshot', definition: widget(), range, url: place() }) },
          '-',
        ] satisfies MenuEntry[])
      : []),
    {
      label: 'PNG',
      run: () => {
        const drawn = canvas();
        if (drawn) void toPng(drawn, title).then((blob) => blob && download(fileName(title, 'png'), blob));
      },
    },
    { label: 'CSV', run: () => save('csv', 'text/csv', toCsv(data)) },
    { label: 'JSON', run: () => save('json', 'application/json', toJson(data)) },
  ];
  return (
    <Menu items={items} heading="Export">
      <IconButton label="Export" icon={<Download />} />
    </Menu>
  );
}
