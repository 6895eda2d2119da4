/**
 * Queries are shown as `a`, `b`, … where they have the names that are given to them by the API's
 * clients (`query1`, `query2`): formulas read better so. Other names are shown as they are.
 */
const GIVEN = /^query\d+$/;
/** A name, unless it is called; texts in quotes are no names. */
const NAME = /"[^"]*"|'[^']*'|[A-Za-z_][\w.]*(?!\s*\(|[\w.])/g;

/** Shown name by real name. */
export function lettersOf(names: readonly string[]): Map<string, string> {
  const own = new Set(names.filter((name) => !GIVEN.test(name)));
  const letters = names.map((name, at) => (GIVEN.test(name) ? letter(at) : name));
  const isClear = letters.every((one, at) => one === names[at] || !own.has(one)) && new Set(names).size === names.length;
  return new Map(names.map((name, at) => [name, isClear ? (letters[at] ?? name) : name]));
}

function letter(at: number): string {
  return at < 26 ? String.fromCharCode(97 + at) : `query${at + 1}`;
}

/** A formula as it is shown. */
export function shown(formula: string, letters: ReadonlyMap<string, string>): string {
  return formula.replace(NAME, (name) => letters.get(name) ?? name);
}

/** A formula as it is written. */
export function written(formula: string, letters: ReadonlyMap<string, string>): string {
  const names = new Map([...letters].map(([name, one]) => [one, name]));
  return formula.replace(NAME, (one) => names.get(one) ?? one);
}

/** The names of queries that a formula has. */
export function namesIn(formula: string, names: readonly string[]): string[] {
  const found = new Set(formula.match(NAME) ?? []);
  return names.filter((name) => found.has(name));
}

/** `query3`, or the next that is free. */
export function nextName(names: readonly string[]): string {
  for (let at = names.length + 1; ; at += 1) if (!names.includes(`query${at}`)) return `query${at}`;
}
