import { useMemo, useState, type PointerEvent } from 'react';

import { useShownTheme } from '../../charts';
import { formatValue } from '../../charts/format';
import type { UnitPair } from '../../charts/units';
import type { WidgetDefinition } from '../../dashboards/model';
import { paletteColors, STEPS } from '../../hostmap/scale';
import { cx } from '../../util/cx';
import { mapPalette } from '../parts/map-palette';
import { Ramp } from '../parts/Ramp';
import { bag, flag, text } from '../parts/read';
import { countryName } from './countries';
import { viewOf } from './focus';
import styles from './geomap.module.css';
import world from './world.json';

interface Props {
  definition: WidgetDefinition;
  values: ReadonlyMap<string, number>;
  unit: UnitPair;
}

const SHAPES = Object.entries(world.shapes);
const POINTS = Object.entries(world.points);
/** Beyond this many times the least, each step of colour is a factor, not a sum. */
const LOG_FROM = 50;

export function WorldMap({ definition, values, unit }: Props) {
  const theme = useShownTheme();
  const style = bag(definition['style']);
  const colors = paletteColors(mapPalette(text(style['palette'], 'hostmap_blues')), theme, flag(style['palette_flip']));
  const view = useMemo(() => viewOf(text(bag(definition['view'])['focus'], 'WORLD'), world), [definition]);
  const [low, high] = useMemo(() => [Math.min(...values.values()), Math.max(...values.values())], [values]);
  const [hover, setHover] = useState<{ code: string; x: number; y: number } | null>(null);
  const colorOf = (code: string) => {
    const value = values.get(code);
    return value === undefined ? undefined : colors[Math.round(partOf(value, low, high) * (STEPS - 1))];
  };
  const onMove = (event: PointerEvent<SVGSVGElement>) => {
    const code = (event.target as Element).getAttribute('data-code');
    const box = event.currentTarget.getBoundingClientRect();
    setHover(code === null ? null : { code, x: event.clientX - box.left, y: event.clientY - box.top });
  };
  const radius = Math.max(1.5, view[2] / 320);
  const shape = (code: string, d: string) => <path key={code} data-code={code} d={d} className={cx(styles.country, hover?.code === code && styles.hovered)} style={{ fill: colorOf(code) }} />;
  return (
    <div className={styles.map}>
      <div className={styles.stage}>
        <svg viewBox={view.join(' ')} role="img" aria-label={said(values, unit)} onPointerMove={onMove} onPointerLeave={() => setHover(null)}>
          {SHAPES.map(([code, d]) => shape(code, d))}
          {POINTS.map(([code, [x, y]]) => values.has(code) && <circle key={code} data-code={code} cx={x} cy={y} r={radius} className={styles.point} style={{ fill: colorOf(code) }} />)}
        </svg>
        {hover && (
          <div className={styles.tip} style={{ left: hover.x, top: hover.y }} aria-hidden>
            {countryName(hover.code)} <b>{values.has(hover.code) ? formatValue(values.get(hover.code), unit) : 'no data'}</b>
          </div>
        )}
      </div>
      {values.size > 0 && <Ramp colors={colors} low={formatValue(low, unit)} high={formatValue(high, unit)} text={`${values.size} ${values.size === 1 ? 'country' : 'countries'}`} />}
    </div>
  );
}

/** 0 to 1 between the least and the greatest; by factors where they are far apart. */
function partOf(value: number, low: number, high: number): number {
  if (high <= low) return 1;
  if (low > 0 && high / low > LOG_FROM) return Math.log(value / low) / Math.log(high / low);
  return (value - Math.min(0, low)) / (high - Math.min(0, low));
}

function said(values: ReadonlyMap<string, number>, unit: UnitPair): string {
  const top = [...values].sort((a, b) => b[1] - a[1]).slice(0, 5);
  return `Map of the world: ${top.map(([code, value]) => `${countryName(code)} ${formatValue(value, unit)}`).join(', ') || 'no values'}`;
}
