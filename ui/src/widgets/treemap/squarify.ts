/** Areas by value in a rectangle, as square as they can be. After Bruls, Huizing and van Wijk, 2000. */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One per value, in the same order; values descend and are above zero. */
export function squarify(values: readonly number[], rect: Rect): Rect[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  const out: Rect[] = [];
  if (!(total > 0) || rect.width <= 0 || rect.height <= 0) return values.map(() => ({ x: rect.x, y: rect.y, width: 0, height: 0 }));
  const scale = (rect.width * rect.height) / total;
  let rest = { ...rect };
  let from = 0;
  while (from < values.length) {
    const side = Math.min(rest.width, rest.height);
    let to = from + 1;
    let sum = (values[from] ?? 0) * scale;
    let worst = ratio(values, from, to, sum, side, scale);
    while (to < values.length) {
      const wider = sum + (values[to] ?? 0) * scale;
      const next = ratio(values, from, to + 1, wider, side, scale);
      if (next > worst) break;
      [sum, worst, to] = [wider, next, to + 1];
    }
    rest = lay(values, from, to, sum, scale, rest, out);
    from = to;
  }
  return out;
}

/** The worst proportion of a strip that holds these. */
function ratio(values: readonly number[], from: number, to: number, sum: number, side: number, scale: number): number {
  const thick = sum / side;
  let worst = 1;
  for (let at = from; at < to; at += 1) {
    const long = ((values[at] ?? 0) * scale) / thick;
    worst = Math.max(worst, long / thick, thick / long);
  }
  return worst;
}

/** Puts a strip along the shorter side; gives what is left. */
function lay(values: readonly number[], from: number, to: number, sum: number, scale: number, rest: Rect, out: Rect[]): Rect {
  const isColumn = rest.width >= rest.height;
  const thick = sum / (isColumn ? rest.height : rest.width);
  let along = isColumn ? rest.y : rest.x;
  for (let at = from; at < to; at += 1) {
    const long = thick > 0 ? ((values[at] ?? 0) * scale) / thick : 0;
    out.push(isColumn ? { x: rest.x, y: along, width: thick, height: long } : { x: along, y: rest.y, width: long, height: thick });
    along += long;
  }
  return isColumn
    ? { x: rest.x + thick, y: rest.y, width: Math.max(0, rest.width - thick), height: rest.height }
    : { x: rest.x, y: rest.y + thick, width: rest.width, height: Math.max(0, rest.height - thick) };
}
