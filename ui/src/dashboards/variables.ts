/**
 * Template variables in queries and texts: `$env` becomes `env:prod`, `$env.value` becomes `prod`.
 * Several values become `env IN (a,b)`, as the query language writes them; `*` is everything.
 */
import type { TemplateVariable } from './model';

/** Chosen values by the variable's name; `*` stands for all. */
export type VariableValues = Readonly<Record<string, readonly string[]>>;

export interface Variables {
  declared: readonly TemplateVariable[];
  values: VariableValues;
}

export const NO_VARIABLES: Variables = { declared: [], values: {} };

/** Values that hold before anybody chose. */
export function defaultsOf(variable: TemplateVariable): readonly string[] {
  if (variable.defaults && variable.defaults.length > 0) return variable.defaults;
  return variable.default ? [variable.default] : ['*'];
}

export function valuesOf(variable: TemplateVariable, values: VariableValues): readonly string[] {
  const chosen = values[variable.name];
  return chosen && chosen.length > 0 ? chosen : defaultsOf(variable);
}

/** In a metric query's scope or a search. Names that are not declared stay as they are. */
export function substitute(text: string, variables: Variables): string {
  return replaced(text, variables, plain);
}

/** In titles and notes: several values as people write them. */
export function substituteText(text: string, variables: Variables): string {
  return replaced(text, variables, (chosen) => chosen.join(', '));
}

function replaced(text: string, { declared, values }: Variables, plainOf: (chosen: readonly string[]) => string): string {
  if (!text.includes('$')) return text;
  const byName = new Map(declared.map((variable) => [variable.name, variable]));
  return text.replace(/\$([A-Za-z_][\w-]*(?:\.[\w-]+)*)/g, (whole, path: string) => {
    // The longest declared name wins: `$app.name.value` may be a variable named `app.name`.
    const parts = path.split('.');
    for (let length = parts.length; length > 0; length -= 1) {
      const variable = byName.get(parts.slice(0, length).join('.'));
      if (!variable) continue;
      const rest = parts.slice(length);
      const chosen = valuesOf(variable, values);
      if (rest[0] === 'value') return [plainOf(chosen), ...rest.slice(1)].join('.');
      if (rest[0] === 'key') return [variable.prefix ?? '', ...rest.slice(1)].join('.');
      return [scope(variable, chosen), ...rest].join('.');
    }
    return whole;
  });
}

/** The values alone. */
function plain(chosen: readonly string[]): string {
  return chosen.length === 1 ? (chosen[0] ?? '*') : `(${chosen.join(' OR ')})`;
}

function scope({ prefix }: TemplateVariable, chosen: readonly string[]): string {
  const [only] = chosen;
  if (chosen.length === 0 || chosen.includes('*')) return '*';
  if (!prefix) return plain(chosen);
  return chosen.length === 1 ? `${prefix}:${only}` : `${prefix} IN (${chosen.join(',')})`;
}
