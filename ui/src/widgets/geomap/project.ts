/** The projection of `world.json`: Equal Earth (Šavrič, Patterson and Jenny, 2018), 2000 units wide. */
export const WIDTH = 2000;
const SCALE = WIDTH / (2 * 2.7064629);
const TOP = 1.3173628;
const [A1, A2, A3, A4] = [1.340264, -0.081106, 0.000893, 0.003796];
const M = Math.sqrt(3) / 2;

/** Degrees to units of the map, from its upper left corner. */
export function project(lon: number, lat: number): [x: number, y: number] {
  const t = Math.asin(M * Math.sin((lat * Math.PI) / 180));
  const t2 = t * t;
  const t6 = t2 ** 3;
  const x = (((lon * Math.PI) / 180) * Math.cos(t)) / (M * (A1 + 3 * A2 * t2 + t6 * (7 * A3 + 9 * A4 * t2)));
  const y = t * (A1 + A2 * t2 + t6 * (A3 + A4 * t2));
  return [WIDTH / 2 + x * SCALE, (TOP - y) * SCALE];
}
