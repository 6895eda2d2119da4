/**
 * A powerpack's group and variables as one dashboard uses them. Source: openapi core-v1,
 * `PowerpackWidgetDefinition`, and core-v2, `PowerpackAttributes`.
 */
import type { TemplateVariable, WidgetDefinition } from '../../dashboards/model';
import type { Variables } from '../../dashboards/variables';
import { bag, list, text, texts, type Bag } from '../parts/read';

/** The group, with what the dashboard says of it in the place of what the powerpack says. */
export function groupOf(attributes: Bag, definition: WidgetDefinition): WidgetDefinition {
  const group = bag(bag(attributes['group_widget'])['definition']);
  const own = ['title', 'background_color', 'banner_img', 'show_title'].filter((key) => definition[key] !== undefined && definition[key] !== null && definition[key] !== '');
  const title = text(group['title']) || text(attributes['name']);
  // Its widgets need numbers to stand on a grid.
  const widgets = list(group['widgets']).map((widget, at) => ({ ...bag(widget), id: at + 1 }));
  return { ...group, widgets, title, ...Object.fromEntries(own.map((key) => [key, definition[key]])), type: 'group' };
}

/**
 * The powerpack's variables: those controlled by the dashboard follow its own, the others have the
 * values that the widget or else the powerpack says.
 */
export function boundVariables(attributes: Bag, definition: WidgetDefinition, page: Variables): Variables {
  const bindings = bag(definition['template_variables']);
  const inside = bindingsOf(bindings['controlled_by_powerpack']);
  const outside = bindingsOf(bindings['controlled_externally']);
  const declared: TemplateVariable[] = [...page.declared];
  const values: Record<string, readonly string[]> = { ...page.values };
  for (const raw of list(attributes['template_variables'])) {
    const name = text(bag(raw)['name']);
    if (name === '' || outside.has(name)) continue;
    const binding = inside.get(name);
    const prefix = binding?.prefix || text(bag(raw)['prefix']) || name;
    const defaults = texts(bag(raw)['defaults']);
    const at = declared.findIndex((variable) => variable.name === name);
    if (at >= 0 && !binding) continue;
    if (at >= 0) declared.splice(at, 1);
    delete values[name];
    declared.push({ name, prefix, defaults: binding && binding.values.length > 0 ? binding.values : defaults });
  }
  for (const [name, { prefix, values: fixed }] of outside) {
    if (declared.some((variable) => variable.name === name)) continue;
    declared.push({ name, prefix: prefix || name, defaults: fixed });
  }
  return { declared, values };
}

function bindingsOf(value: unknown): Map<string, { prefix: string; values: string[] }> {
  const entries = list(value).map((raw) => [text(bag(raw)['name']), { prefix: text(bag(raw)['prefix']), values: texts(bag(raw)['values']) }] as const);
  return new Map(entries.filter(([name]) => name !== ''));
}
