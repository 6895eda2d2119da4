/**
 * A dashboard's state in the address, under the names that Datadog uses: `tpl_var_env=prod`,
 * several values as `tpl_var_env[0]=…&tpl_var_env[1]=…`, `fullscreen_widget`, `tile_size`.
 */
import type { Params } from '../util/url-state';
import type { TemplateVariable, TemplateVariablePreset } from './model';
import { defaultsOf, valuesOf, type VariableValues } from './variables';

const PREFIX = 'tpl_var_';
const VALUES_MAX = 100;

/** The values that the address says. A comma separates values: none is in a tag. */
export function valuesOfParams(params: Params): VariableValues {
  const found = new Map<string, { at: number; value: string }[]>();
  for (const [key, text] of Object.entries(params)) {
    if (!key.startsWith(PREFIX) || text === undefined) continue;
    const [, name = '', index] = /^(.*?)(?:\[(\d*)\])?$/.exec(key.slice(PREFIX.length)) ?? [];
    if (name === '') continue;
    const list = found.get(name) ?? [];
    for (const value of text.split(',')) if (value.trim() !== '') list.push({ at: Number(index ?? 0), value: value.trim() });
    found.set(name, list);
  }
  return Object.fromEntries([...found].map(([name, list]) => [name, [...new Set(list.sort((a, b) => a.at - b.at).map(({ value }) => value))].slice(0, VALUES_MAX)]));
}

/** The change of the address that sets values; without values the default holds again. */
export function paramsOfValues(params: Params, values: Readonly<Record<string, readonly string[] | undefined>>): Params {
  const patch: Params = {};
  for (const [name, chosen] of Object.entries(values)) {
    for (const key of Object.keys(params)) if (key === PREFIX + name || key.startsWith(`${PREFIX}${name}[`)) patch[key] = undefined;
    if (!chosen || chosen.length === 0) continue;
    if (chosen.length === 1) patch[PREFIX + name] = chosen[0];
    else chosen.slice(0, VALUES_MAX).forEach((value, at) => (patch[`${PREFIX}${name}[${at}]`] = value));
  }
  return patch;
}

export const isSame = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((value) => b.includes(value));

/** What a saved view sets; what it does not name goes back to its default. */
export function valuesOfPreset(preset: TemplateVariablePreset, declared: readonly TemplateVariable[]): Record<string, readonly string[] | undefined> {
  const byName = new Map((preset.template_variables ?? []).map(({ name, value, values }) => [name, values ?? (value === undefined ? [] : [value])]));
  return Object.fromEntries(
    declared.map((variable) => {
      const wanted = byName.get(variable.name);
      return [variable.name, !wanted || wanted.length === 0 || isSame(wanted, defaultsOf(variable)) ? undefined : wanted];
    }),
  );
}

/** The saved view that is shown now. */
export function presetOf(presets: readonly TemplateVariablePreset[], declared: readonly TemplateVariable[], values: VariableValues): TemplateVariablePreset | undefined {
  return presets.find((preset) => {
    const wanted = valuesOfPreset(preset, declared);
    return declared.every((variable) => isSame(wanted[variable.name] ?? defaultsOf(variable), valuesOf(variable, values)));
  });
}

/** The values of now as a saved view. */
export function presetFrom(name: string, declared: readonly TemplateVariable[], values: VariableValues): TemplateVariablePreset {
  return { name, template_variables: declared.map((variable) => ({ name: variable.name, values: [...valuesOf(variable, values)] })) };
}
