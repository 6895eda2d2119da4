/** Variables as text fields, and back. */
import type { TemplateVariable } from '../model';

export interface Row {
  key: number;
  name: string;
  prefix: string;
  defaults: string;
  available: string;
  /** As it came, with keys that are not shown. */
  origin?: TemplateVariable;
}

let last = 0;

export function emptyRow(): Row {
  last += 1;
  return { key: last, name: '', prefix: '', defaults: '*', available: '' };
}

export function rowOf(variable: TemplateVariable): Row {
  const defaults = variable.defaults ?? (variable.default ? [variable.default] : []);
  return {
    ...emptyRow(),
    name: variable.name,
    prefix: variable.prefix ?? '',
    defaults: defaults.join(', ') || '*',
    available: (variable.available_values ?? []).join(', '),
    origin: variable,
  };
}

const listOf = (text: string): string[] => [...new Set(text.split(',').map((value) => value.trim()).filter((value) => value !== ''))];

/** What nobody changed stays as it came. */
export function variableOf(row: Row): TemplateVariable {
  const before = row.origin && rowOf(row.origin);
  const name = row.name.trim();
  const variable: TemplateVariable = { ...row.origin, name };
  if (!before || before.prefix !== row.prefix) variable.prefix = row.prefix.trim() === '' ? null : row.prefix.trim();
  if (!before || before.defaults !== row.defaults) {
    const defaults = listOf(row.defaults);
    variable.defaults = defaults.length === 0 ? ['*'] : defaults;
    delete variable.default;
  }
  if (!before || before.available !== row.available) variable.available_values = listOf(row.available);
  return variable;
}

/** What is wrong with a row. */
export function mistakeOf(row: Row, rows: readonly Row[]): string | undefined {
  const name = row.name.trim();
  if (name === '') return 'A variable needs a name';
  if (!/^[A-Za-z_][\w.-]*$/.test(name)) return `“${name}”: letters, digits, _ - and . only, beginning with a letter`;
  if (rows.some((other) => other !== row && other.name.trim() === name)) return `There are two variables “${name}”`;
  return undefined;
}
