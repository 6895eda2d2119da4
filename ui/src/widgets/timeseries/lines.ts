/** The lines of a timeseries widget: answers of its requests in one chart, styled as it says. */
import type { ChartData, ChartSeries } from '../../charts/data';
import { summarize } from '../../charts/data';
import { assignColors } from '../../charts/palette';
import type { Answered } from '../query/ask';
import { isShifted } from '../query/expressions';
import { bag, oneOf, text, type Bag } from '../query/json';
import { unitOf } from '../query/numbers';
import { isSemantic, rampColors, semanticColor } from '../query/palettes';
import type { Asked, FormulaLine } from '../query/request';

type Theme = 'dark' | 'light';
type Kind = NonNullable<ChartSeries['kind']>;

export interface LineLook {
  kind: Kind;
  palette?: string;
  dash?: readonly number[];
  width?: number;
  isRight: boolean;
  orderBy?: 'values' | 'tags';
  hasLabels?: boolean;
  isReverse: boolean;
}

const WIDTHS = { thin: 1, normal: 1.5, thick: 3 } as const;
const DASHES = { dashed: [8, 5], dotted: [2, 3] } as const;
/** Of the past beside the present, and of what is to come. */
const SHIFTED = [5, 4];
const FORECAST = [4, 4];
const KINDS = ['line', 'area', 'bars', 'overlay'] as const;

/** Source: openapi core-v1, `TimeseriesWidgetRequest`. */
export function lookOf(request: Bag): LineLook {
  const style = bag(request['style']);
  const palette = text(style['palette']);
  const line = oneOf(style['line_type'], ['dashed', 'dotted'] as const);
  const width = oneOf(style['line_width'], ['thin', 'normal', 'thick'] as const);
  const orderBy = oneOf(style['order_by'], ['values', 'tags'] as const);
  return {
    kind: oneOf(request['display_type'], KINDS) ?? 'line',
    isRight: request['on_right_yaxis'] === true,
    isReverse: style['order_reverse'] === true,
    ...(palette ? { palette } : {}),
    ...(line ? { dash: DASHES[line] } : {}),
    ...(width ? { width: WIDTHS[width] } : {}),
    ...(orderBy ? { orderBy } : {}),
    ...(style['has_value_labels'] === true ? { hasLabels: true } : {}),
  };
}

interface Source {
  asked: Asked;
  look: LineLook;
  part: Answered<ChartData> | undefined;
}

interface Styled {
  series: ChartSeries;
  look: LineLook;
  line: FormulaLine | undefined;
  /** Of all formulas of the widget. */
  place: number;
}

/** Stacks lie under lines. */
const LAYERS: Readonly<Record<Kind, number>> = { area: 0, bars: 1, overlay: 2, line: 3 };

export function chartOf(sources: readonly Source[], theme: Theme): ChartData {
  const datas = sources.flatMap(({ part }) => (part?.data ? [part.data] : []));
  const times = union(datas.map((data) => data.times));
  const total = sources.reduce((count, { asked }) => count + asked.formulas.length, 0);
  const styled: Styled[] = [];
  let place = 0;
  for (const { asked, look, part } of sources) {
    const data = part?.data;
    const own = data ? inOrder(data.series, look) : [];
    for (const series of own) {
      const line = asked.formulas[series.line ?? 0];
      styled.push({ series: named(spread(series, data?.times ?? [], times), line, place + (series.line ?? 0), total), look, line, place: place + (series.line ?? 0) });
    }
    place += asked.formulas.length;
  }
  const layered = styled.map((one, at) => ({ one, at })).sort((a, b) => LAYERS[a.one.look.kind] - LAYERS[b.one.look.kind] || a.at - b.at);
  const painted = paint(layered.map(({ one }) => one), theme);
  const series = painted.flatMap((one) => forecast(one, times));
  const interval = Math.min(...datas.map((data) => data.interval));
  const partial = datas.flatMap((data) => data.partial ?? [])[0];
  return { times, interval: Number.isFinite(interval) ? interval : 60_000, series, ...(partial ? { partial } : {}) };
}

function union(all: readonly (readonly number[])[]): readonly number[] {
  const [first, ...rest] = all;
  if (rest.every((times) => times.length === first?.length && times.every((time, at) => time === first[at]))) return first ?? [];
  return [...new Set(all.flat())].sort((a, b) => a - b);
}

/** The same values at the times of the whole chart. */
function spread(series: ChartSeries, from: readonly number[], to: readonly number[]): ChartSeries {
  if (from === to) return series;
  const at = new Map(from.map((time, place) => [time, place]));
  const of = (values: readonly (number | null)[]) => to.map((time) => values[at.get(time) ?? -1] ?? null);
  const { marks } = series;
  return {
    ...series,
    values: of(series.values),
    ...(marks?.band ? { marks: { ...marks, band: { lower: of(marks.band.lower), upper: of(marks.band.upper) } } } : {}),
  };
}

const collator = new Intl.Collator('en', { numeric: true });

/** The last lies at the bottom of a stack: the largest, as it moves the others least. */
function inOrder(series: readonly ChartSeries[], { orderBy, isReverse }: LineLook): ChartSeries[] {
  if (!orderBy) return [...series];
  const sums = new Map(series.map((one) => [one.id, summarize(one.values).avg ?? -Infinity]));
  const sign = isReverse ? -1 : 1;
  return [...series].sort(
    (a, b) => (a.line ?? 0) - (b.line ?? 0) || sign * (orderBy === 'tags' ? collator.compare(b.label, a.label) : (sums.get(a.id) ?? 0) - (sums.get(b.id) ?? 0)),
  );
}

function named(series: ChartSeries, line: FormulaLine | undefined, place: number, total: number): ChartSeries {
  const tags = series.tags.join(', ');
  const name = line?.alias ?? line?.label ?? series.label;
  const label = tags === '' ? name : total === 1 ? tags : `${name}: ${tags}`;
  return { ...series, id: `${place} ${tags}`, label, unit: unitOf(line?.format ?? {}, series.unit) };
}

function paint(all: readonly Styled[], theme: Theme): ChartSeries[] {
  const keyOf = ({ series, place }: Styled) => `${series.tags.join(',')}${place === 0 ? '' : ` ${place}`}`;
  const hashed = assignColors(all.filter(({ series }) => series.tags.length > 0).map(keyOf));
  const counts = new Map<string, number>();
  for (const { look, line } of all) {
    const palette = line?.palette ?? look.palette ?? '';
    counts.set(palette, (counts.get(palette) ?? 0) + 1);
  }
  const seen = new Map<string, number>();
  const hasOutliers = all.some(({ series }) => series.marks?.isOutlier);
  return all.map((one): ChartSeries => {
    const { series, look, line, place } = one;
    const palette = line?.palette ?? look.palette ?? '';
    const nth = seen.get(palette) ?? 0;
    seen.set(palette, nth + 1);
    const steps = rampColors(palette, Math.max(counts.get(palette) ?? 1, (line?.paletteIndex ?? 0) + 1), theme);
    const own = isSemantic(palette) ? semanticColor(series.tags.length > 0 ? series.tags.join(' ') : series.label, theme) : steps?.[line?.paletteIndex ?? nth];
    const dash = look.dash ?? (isShifted(line?.label ?? '') ? SHIFTED : undefined);
    return {
      ...series,
      kind: look.kind,
      color: series.tags.length > 0 ? (hashed.get(keyOf(one)) ?? 0) : (line?.paletteIndex ?? place),
      ...(own ? { paint: own } : {}),
      ...(dash ? { dash } : {}),
      ...(look.width ? { width: look.width } : {}),
      ...(look.isRight ? { isRight: true } : {}),
      ...(look.hasLabels ? { hasLabels: true } : {}),
      ...(hasOutliers ? outlierLook(series.marks?.isOutlier === true, theme) : {}),
    };
  });
}

/** Lines that are unlike the others stand out; the others step back. */
function outlierLook(isOutlier: boolean, theme: Theme): Pick<ChartSeries, 'paint' | 'width'> {
  const paint = isOutlier ? semanticColor('alert', theme) : theme === 'dark' ? '#6a7080' : '#a4a9b6';
  return { ...(paint ? { paint } : {}), width: isOutlier ? 2 : 1 };
}

/** What is predicted becomes a dashed line that goes on where the real one ends. */
function forecast(series: ChartSeries, times: readonly number[]): ChartSeries[] {
  const from = series.marks?.forecastFrom;
  if (from === undefined) return [series];
  const { marks: _, ...real } = series;
  const first = times.findIndex((time) => time >= from);
  if (first < 0) return [series];
  let joint = first - 1;
  while (joint >= 0 && series.values[joint] === null) joint -= 1;
  return [
    { ...real, values: series.values.map((value, at) => (at < first ? value : null)) },
    { ...series, id: `${series.id} forecast`, follows: series.id, dash: FORECAST, values: series.values.map((value, at) => (at >= first || at === joint ? value : null)) },
  ];
}

/** Notes that functions left beside their lines. */
export function notesOf(data: ChartData): string[] {
  return [...new Set(data.series.flatMap(({ marks }) => marks?.note ?? []))];
}
