import { Maximize, Minus, Plus } from 'lucide-react';
import { memo, useMemo, useRef, useState, type MouseEvent, type PointerEvent } from 'react';

import { useShownTheme } from '../../charts';
import { formatValue } from '../../charts/format';
import { assignColors, seriesColor } from '../../charts/palette';
import type { UnitPair } from '../../charts/units';
import type { WidgetDefinition } from '../../dashboards/model';
import { paletteColors, STEPS } from '../../hostmap/scale';
import { mapPalette } from '../parts/map-palette';
import { Ramp } from '../parts/Ramp';
import { bag, flag, text } from '../parts/read';
import { usePivotPoint } from '../parts/use-pivot-point';
import { matching } from '../query/conditions';
import { isSemantic, semanticColor } from '../query/palettes';
import type { FormulaLine } from '../query/request';
import { countryName } from './countries';
import { viewOf } from './focus';
import styles from './geomap.module.css';
import type { Place } from './places';
import { project } from './project';
import { usePanZoom } from './use-pan-zoom';
import world from './world.json';

interface Props {
  definition: WidgetDefinition;
  values: ReadonlyMap<string, number>;
  /** The tag of each country. */
  tags: ReadonlyMap<string, string>;
  places: readonly Place[];
  unit: UnitPair;
  line: FormulaLine | undefined;
}

const SHAPES = Object.entries(world.shapes);
const POINTS = Object.entries(world.points);
/** Beyond this many times the least, each step of colour is a factor, not a sum. */
const LOG_FROM = 50;
/** Of a view's width. */
const ISLAND = 1 / 320;
/** Unlike the colours of countries. */
const PLAIN = 1;
const PLACE = { least: 1 / 260, most: 1 / 60 };

interface Hover {
  name: string;
  said: string;
  x: number;
  y: number;
}

export function WorldMap({ definition, values, tags, places, unit, line }: Props) {
  const theme = useShownTheme();
  const svg = useRef<SVGSVGElement>(null);
  const style = bag(definition['style']);
  const palette = text(style['palette'], 'hostmap_blues');
  const isFlipped = flag(style['palette_flip']);
  const colors = useMemo(() => paletteColors(mapPalette(palette), theme, isFlipped), [palette, theme, isFlipped]);
  const home = useMemo(() => viewOf(text(bag(definition['view'])['focus'], 'WORLD'), world), [definition]);
  const { view, isZoomed, zoomIn, zoomOut, reset, wasDragged, handlers, onKeyDown } = usePanZoom(home, svg);
  const [low, high] = useMemo(() => [Math.min(...values.values()), Math.max(...values.values())], [values]);
  const fills = useMemo(() => new Map([...values].map(([code, value]) => [code, matching(line?.conditions ?? [], value)?.look.background ?? colors[Math.round(partOf(value, low, high) * (STEPS - 1))] ?? ''])), [values, line, colors, low, high]);
  const [hover, setHover] = useState<Hover | null>(null);
  const pivot = usePivotPoint(definition);
  const saidOf = (code: string) => (values.has(code) ? formatValue(values.get(code), unit) : 'no data');
  const find = (event: MouseEvent): { name: string; said: string; tags: readonly string[] } | undefined => {
    const element = event.target as Element;
    const code = element.getAttribute('data-code');
    const place = places[Number(element.getAttribute('data-place') ?? -1)];
    if (place) return { name: place.name, said: place.value === null ? place.group : formatValue(place.value, unit), tags: place.tags };
    return code === null ? undefined : { name: countryName(code), said: saidOf(code), tags: [tags.get(code) ?? []].flat() };
  };
  const onMove = (event: PointerEvent<SVGSVGElement>) => {
    handlers.onPointerMove(event);
    const box = event.currentTarget.getBoundingClientRect();
    const found = find(event);
    setHover(found ? { name: found.name, said: found.said, x: event.clientX - box.left, y: event.clientY - box.top } : null);
  };
  const onClick = (event: MouseEvent) => {
    const found = find(event);
    if (found && found.tags.length > 0 && !wasDragged()) pivot.open(event, { heading: `${found.name} · ${found.said}`, tags: found.tags, label: found.name });
  };
  return (
    <div className={styles.map} onKeyDown={onKeyDown}>
      <div className={styles.stage}>
        <svg ref={svg} viewBox={view.join(' ')} className={isZoomed ? styles.zoomed : undefined} tabIndex={0} role="img" aria-label={`${said(values, places, unit)} Arrows move, + and − zoom.`} {...handlers} onPointerMove={onMove} onPointerLeave={() => setHover(null)} onClick={onClick}>
          <Countries fills={fills} radius={Math.max(1, view[2] * ISLAND)} />
          <Places places={places} width={view[2]} theme={theme} palette={palette} />
        </svg>
        {hover && (
          <div className={styles.tip} style={{ left: hover.x, top: hover.y }} aria-hidden>
            {hover.name} <b>{hover.said}</b>
          </div>
        )}
        <div className={styles.tools}>
          <button type="button" aria-label="Zoom in" title="Zoom in (+, Ctrl and wheel)" onClick={zoomIn}>
            <Plus aria-hidden />
          </button>
          <button type="button" aria-label="Zoom out" title="Zoom out (−)" onClick={zoomOut} disabled={!isZoomed}>
            <Minus aria-hidden />
          </button>
          {isZoomed && (
            <button type="button" aria-label="Whole view" title="Whole view (0)" onClick={reset}>
              <Maximize aria-hidden />
            </button>
          )}
        </div>
      </div>
      {values.size > 0 && <Ramp colors={colors} low={formatValue(low, unit)} high={formatValue(high, unit)} text={`${values.size} ${values.size === 1 ? 'country' : 'countries'}`} />}
      {pivot.menu}
    </div>
  );
}

/** Drawn anew only when colours change: dragging moves the view alone. */
const Countries = memo(function Countries({ fills, radius }: { fills: ReadonlyMap<string, string>; radius: number }) {
  return (
    <>
      {SHAPES.map(([code, d]) => (
        <path key={code} data-code={code} d={d} className={styles.country} style={{ fill: fills.get(code) }} />
      ))}
      {POINTS.map(([code, [x, y]]) => fills.has(code) && <circle key={code} data-code={code} cx={x} cy={y} r={radius} className={styles.point} style={{ fill: fills.get(code) }} />)}
    </>
  );
});

interface PlacesProps {
  places: readonly Place[];
  /** Of the view. */
  width: number;
  theme: 'dark' | 'light';
  palette: string;
}

const Places = memo(function Places({ places, width, theme, palette }: PlacesProps) {
  const shown = useMemo(() => {
    const colors = assignColors(places.map(({ group }) => group));
    const most = Math.max(0, ...places.map(({ value }) => value ?? 0));
    return places.map(({ id, lat, lon, group, value }) => ({
      id,
      at: project(lon, lat),
      part: value === null || most <= 0 ? 0 : Math.sqrt(Math.max(0, value) / most),
      color: (isSemantic(palette) ? semanticColor(group, theme) : undefined) ?? seriesColor(group === '' ? PLAIN : (colors.get(group) ?? 0), theme),
    }));
  }, [places, theme, palette]);
  return shown.map(({ id, at: [x, y], part, color }, at) => <circle key={id} data-place={at} cx={x} cy={y} r={width * (PLACE.least + part * (PLACE.most - PLACE.least))} className={styles.spot} style={{ fill: color }} />);
});

/** Where a value lies between the least and the greatest, 0 to 1. */
function partOf(value: number, low: number, high: number): number {
  if (high <= low) return 1;
  if (low > 0 && high / low > LOG_FROM) return Math.log(value / low) / Math.log(high / low);
  return (value - low) / (high - low);
}

function said(values: ReadonlyMap<string, number>, places: readonly Place[], unit: UnitPair): string {
  const top = [...values].sort(([, a], [, b]) => b - a).slice(0, 3);
  const points = places.length > 0 ? `${places.length} points. ` : '';
  return top.length === 0 ? `World map: ${points || 'no data.'}` : `World map: ${points}${values.size} countries, most in ${top.map(([code, value]) => `${countryName(code)} ${formatValue(value, unit)}`).join(', ')}.`;
}
