// @ts-check
/**
 * Makes the map of geomap widgets from Natural Earth's countries (public domain), as the npm
 * package `world-atlas` has them in TopoJSON:
 *
 *   npm pack world-atlas && tar xzf world-atlas-*.tgz
 *   node scripts/world-map.mjs package/countries-110m.json package/countries-50m.json /usr/share/iso-codes/json/iso_3166-1.json
 *
 * Answers `src/widgets/geomap/world.json`: by two-letter code the outline as an SVG path in the
 * Equal Earth projection (see `project.ts`), in whole units of a map 2000 wide; countries that are
 * too small for the coarse map are a point.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const [coarseFile, fineFile, codesFile] = process.argv.slice(2);
if (!coarseFile || !fineFile || !codesFile) throw new Error('usage: world-map.mjs COARSE FINE ISO_CODES');
const WIDTH = 2000;
/** Natural Earth has some without a number. */
const NAMED = { Kosovo: 'XK', Somaliland: 'SO', 'N. Cyprus': 'CY' };
const LEFT_OUT = new Set(['AQ']);

/** @type {Map<string, string>} */
const codes = new Map();
for (const country of JSON.parse(readFileSync(codesFile, 'utf8'))['3166-1']) codes.set(country.numeric, country.alpha_2);

/** Bojan Šavrič, Tom Patterson and Bernhard Jenny, 2018. @param {number} lon @param {number} lat */
function project(lon, lat) {
  const [a1, a2, a3, a4, m] = [1.340264, -0.081106, 0.000893, 0.003796, Math.sqrt(3) / 2];
  const [l, phi] = [(lon * Math.PI) / 180, (lat * Math.PI) / 180];
  const t = Math.asin(m * Math.sin(phi));
  const t2 = t * t;
  const t6 = t2 ** 3;
  const x = (l * Math.cos(t)) / (m * (a1 + 3 * a2 * t2 + t6 * (7 * a3 + 9 * a4 * t2)));
  const y = t * (a1 + a2 * t2 + t6 * (a3 + a4 * t2));
  const scale = WIDTH / (2 * 2.7064629);
  return [WIDTH / 2 + x * scale, (1.3173628 - y) * scale];
}

/** @param {string} file */
function countries(file) {
  const topology = JSON.parse(readFileSync(file, 'utf8'));
  const { scale, translate } = topology.transform;
  const arcs = topology.arcs.map((/** @type {number[][]} */ arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx = 0, dy = 0]) => {
      x += dx;
      y += dy;
      return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
    });
  });
  const ring = (/** @type {number[]} */ parts) => parts.flatMap((at, place) => {
    const arc = at < 0 ? [...arcs[~at]].reverse() : arcs[at];
    return place === 0 ? arc : arc.slice(1);
  });
  /** @type {Map<string, number[][][]>} */
  const byCode = new Map();
  for (const { id, type, arcs: shape, properties } of topology.objects.countries.geometries) {
    const code = codes.get(id) ?? NAMED[/** @type {keyof typeof NAMED} */ (properties.name)];
    if (!code || LEFT_OUT.has(code)) continue;
    const polygons = type === 'Polygon' ? [shape] : shape ?? [];
    byCode.set(code, [...(byCode.get(code) ?? []), ...polygons.flatMap((/** @type {number[][]} */ polygon) => cut(ring(polygon[0] ?? [])))]);
  }
  return byCode;
}

/**
 * A ring that goes over the 180th meridian as the parts on either side of it.
 * @param {number[][]} ring
 */
function cut(ring) {
  let turn = 0;
  const whole = ring.map(([lon = 0, lat = 0], at) => {
    const before = ring[at - 1]?.[0] ?? lon;
    if (lon - before > 180) turn -= 360;
    else if (before - lon > 180) turn += 360;
    return [lon + turn, lat];
  });
  return [-360, 0, 360].flatMap((by) => {
    const moved = whole.map(([lon = 0, lat = 0]) => [lon + by, lat]);
    const part = clip(clip(moved, 1), -1);
    return part.length > 3 ? [part] : [];
  });
}

/** The part of a ring on this side of 180° (`side` 1) or -180° (`side` -1). @param {number[][]} ring @param {1 | -1} side */
function clip(ring, side) {
  const inside = (/** @type {number[]} */ point) => side * (point[0] ?? 0) <= 180;
  return ring.flatMap((point, at) => {
    const before = ring[(at || ring.length) - 1] ?? point;
    const [x = 0, y = 0] = point;
    const [bx = 0, by = 0] = before;
    const edge = inside(point) !== inside(before) ? [[side * 180, by + ((y - by) * (side * 180 - bx)) / (x - bx)]] : [];
    return inside(point) ? [...edge, point] : edge;
  });
}

/** A ring as a path of whole units. @param {number[][]} ring */
function path(ring) {
  const points = ring.map(([lon = 0, lat = 0]) => project(lon, lat).map(Math.round)).filter((point, at, all) => at === 0 || point[0] !== all[at - 1]?.[0] || point[1] !== all[at - 1]?.[1]);
  if (points.length < 4) return '';
  let text = '';
  let [x, y] = [0, 0];
  points.slice(0, -1).forEach(([px = 0, py = 0], at) => {
    text += at === 0 ? `M${px} ${py}l` : `${at > 1 && px - x >= 0 ? ' ' : ''}${px - x}${py - y >= 0 ? ' ' : ''}${py - y}`;
    [x, y] = [px, py];
  });
  return `${text}z`;
}

/** @param {number[][]} ring */
function centre(ring) {
  const points = ring.map(([lon = 0, lat = 0]) => project(lon, lat));
  return [0, 1].map((axis) => Math.round(points.reduce((sum, point) => sum + (point[axis] ?? 0), 0) / points.length));
}

/** @type {Record<string, string>} */
const shapes = {};
/** @type {Record<string, number[]>} */
const points = {};
for (const [code, rings] of countries(coarseFile)) shapes[code] = rings.map(path).join('');
for (const [code, rings] of countries(fineFile)) {
  const [first] = rings;
  if (!shapes[code] && first) points[code] = centre(first);
}
for (const code of Object.keys(shapes)) if (!shapes[code]) delete shapes[code];
const sorted = (/** @type {Record<string, unknown>} */ of) => Object.fromEntries(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)));
const text = `${JSON.stringify({ width: WIDTH, height: Math.round(2 * 1.3173628 * (WIDTH / (2 * 2.7064629))), shapes: sorted(shapes), points: sorted(points) }, null, 1)}\n`;
writeFileSync(new URL('../src/widgets/geomap/world.json', import.meta.url), text.replace(/\[\s+(\d+),\s+(\d+)\s+\]/g, '[$1, $2]'));
