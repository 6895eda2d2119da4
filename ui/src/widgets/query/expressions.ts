/** Texts of metric queries, as far as definitions need them taken apart. */

const OPEN = '([{';
const CLOSE = ')]}';

/** The parts between commas that stand in no bracket and no quotes: `a{x,y}, b` are two. */
export function splitTop(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (quote !== '') {
      if (sign === quote) quote = '';
    } else if (sign === '"' || sign === "'") quote = sign;
    else if (OPEN.includes(sign)) depth += 1;
    else if (CLOSE.includes(sign)) depth -= 1;
    else if (sign === ',' && depth <= 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

const NAME = /[A-Za-z_]\w*/g;

/** Names that a formula uses, but those of functions. */
export function namesIn(formula: string): string[] {
  const bare = formula.replace(/"[^"]*"|'[^']*'/g, (quoted) => ' '.repeat(quoted.length));
  return [...bare.matchAll(NAME)].filter(({ 0: name, index }) => !/^\s*\(/.test(bare.slice(index + name.length))).map(([name]) => name);
}

/** The formula with its queries' texts in place of their names. */
export function inWords(formula: string, textOf: (name: string) => string | undefined): string {
  return formula.replace(NAME, (name, index: number) => (/^\s*\(/.test(formula.slice(index + name.length)) ? name : (textOf(name) ?? name)));
}

const SHIFT = /\b(hour|day|week|month)_before\s*\(|\b(time|calendar_)shift\s*\(/;

/** Whether it draws the past beside the present. */
export function isShifted(text: string): boolean {
  return SHIFT.test(text);
}

const SCOPE = /\{([^{}]*)\}/;

/** The query with one more condition in each of its scopes; `by {…}` is left as it is. */
export function narrowed(query: string, tag: string): string {
  return query.replace(/(\bby\s*)?\{([^{}]*)\}/g, (whole, by: string | undefined, scope: string) => {
    if (by !== undefined) return whole;
    const inner = scope.trim();
    if (inner === '' || inner === '*') return `{${tag}}`;
    return /\s(OR|AND|NOT|IN)\s/i.test(` ${inner} `) ? `{(${inner}) AND ${tag}}` : `{${inner},${tag}}`;
  });
}

/** The first scope of a query, such as `env:prod`. */
export function scopeOf(query: string): string {
  return SCOPE.exec(query)?.[1]?.trim() || '*';
}
