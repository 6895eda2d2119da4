/** What of the map is shown: the world, a region, a continent or a country. */
import { project } from './project';

/** Left, top, width, height in units of the map. */
export type View = readonly [number, number, number, number];

export interface World {
  width: number;
  height: number;
  shapes: Readonly<Record<string, string>>;
  points: Readonly<Record<string, readonly number[]>>;
}

/** West, south, east, north in degrees. */
const REGIONS: Readonly<Record<string, readonly [number, number, number, number]>> = {
  EMEA: [-25, -36, 62, 71],
  APAC: [60, -47, 180, 55],
  LATAM: [-118, -56, -34, 33],
  NORTH_AMERICA: [-170, 7, -52, 73],
  SOUTH_AMERICA: [-82, -56, -34, 13],
  EUROPE: [-25, 34, 45, 71],
  AFRICA: [-20, -36, 53, 38],
  ASIA: [26, -11, 148, 77],
  OCEANIA: [110, -48, 180, 0],
};

export function viewOf(focus: string, world: World): View {
  const name = focus.trim().toUpperCase().replace(/[\s-]+/g, '_');
  const region = REGIONS[name];
  if (region) return regionView(region);
  const shape = world.shapes[name];
  const point = world.points[name];
  if (shape) return padded(boxOf(mainRings(shape)));
  if (point) return [(point[0] ?? 0) - 60, (point[1] ?? 0) - 30, 120, 60];
  // The far north and south hold little.
  return [60, 12, world.width - 120, world.height - 92];
}

function regionView([west, south, east, north]: readonly [number, number, number, number]): View {
  const corners = [project(west, north), project(east, north), project(west, south), project(east, south), project(west, 0), project(east, 0)];
  const inside = corners.filter((_, at) => at < 4 || (south < 0 && north > 0));
  return boxOf([inside]);
}

type Ring = readonly (readonly [number, number])[];

/** The rings of a path of `world.json`: one `M`, then steps. */
export function ringsOf(path: string): Ring[] {
  return path.split('z').flatMap((part) => {
    const numbers = part.match(/-?\d+/g)?.map(Number) ?? [];
    if (numbers.length < 6) return [];
    const ring: [number, number][] = [];
    let [x, y] = [0, 0];
    for (let at = 0; at + 1 < numbers.length; at += 2) {
      x += numbers[at] ?? 0;
      y += numbers[at + 1] ?? 0;
      ring.push([x, y]);
    }
    return [ring];
  });
}

/** Without islands and lands far away. */
function mainRings(path: string): Ring[] {
  const rings = ringsOf(path).map((ring) => ({ ring, area: Math.abs(areaOf(ring)) }));
  const most = Math.max(...rings.map(({ area }) => area));
  return rings.filter(({ area }) => area > most * 0.3).map(({ ring }) => ring);
}

function areaOf(ring: Ring): number {
  return ring.reduce((sum, [x, y], at) => {
    const [nx, ny] = ring[(at + 1) % ring.length] ?? [x, y];
    return sum + x * ny - nx * y;
  }, 0) / 2;
}

function boxOf(rings: readonly Ring[]): View {
  const points = rings.flat();
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top];
}

function padded([left, top, width, height]: View): View {
  const by = Math.max(8, 0.12 * Math.max(width, height));
  return [left - by, top - by, width + 2 * by, height + 2 * by];
}
