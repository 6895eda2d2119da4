/**
 * Widgets as text on the clipboard: a widget, a list of them, a bare definition, or a whole
 * dashboard. Older forms are for the server to convert.
 */
import { renumbered } from './ids';
import type { Widget, WidgetDefinition } from './model';

export type Pasted =
  | { kind: 'widgets'; widgets: Widget[] }
  /** For `/api/procyon/dashboards/import`. */
  | { kind: 'import'; text: string };

const TEXT_MAX = 4 * 1024 * 1024;

/** As Datadog writes them, without the numbers that are of this dashboard. */
export function copyText(widgets: readonly Widget[]): string {
  const plain = widgets.map(withoutIds);
  return JSON.stringify(plain.length === 1 ? plain[0] : plain, null, 2);
}

function withoutIds({ id: _, ...widget }: Widget): Widget {
  const { widgets } = widget.definition as { widgets?: unknown };
  if (!Array.isArray(widgets)) return widget;
  return { ...widget, definition: { ...widget.definition, widgets: (widgets as Widget[]).map(withoutIds) } };
}

/** Undefined when the text is nothing of this kind. */
export function readPasted(text: string): Pasted | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > TEXT_MAX || !/^[[{"]/.test(trimmed)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(trimmed);
  } catch {
    // A piece of a dashboard that was torn out: the server mends it or says where it breaks.
    return /"(widgets|definition|viz|graphs|requests)"\s*:/.test(trimmed) ? { kind: 'import', text: trimmed } : undefined;
  }
  const widgets = widgetsOf(value);
  if (widgets) return { kind: 'widgets', widgets: widgets.map((widget) => renumbered(widget)) };
  return isOld(value) ? { kind: 'import', text: trimmed } : undefined;
}

function widgetsOf(value: unknown): Widget[] | undefined {
  if (Array.isArray(value)) {
    const widgets = value.map(widgetOf);
    return widgets.length > 0 && widgets.every((widget) => widget !== undefined) ? (widgets as Widget[]) : undefined;
  }
  if (!isObject(value)) return undefined;
  if (Array.isArray(value['widgets']) && value['type'] === undefined && value['definition'] === undefined) {
    return value['widgets'].length === 0 ? undefined : widgetsOf(value['widgets']);
  }
  const widget = widgetOf(value);
  return widget && [widget];
}

function widgetOf(value: unknown): Widget | undefined {
  if (!isObject(value)) return undefined;
  if (isDefinition(value['definition'])) return value as unknown as Widget;
  return isDefinition(value) && !('tile_def' in value) && !('viz' in value) ? { definition: value } : undefined;
}

function isDefinition(value: unknown): value is WidgetDefinition {
  return isObject(value) && typeof value['type'] === 'string' && value['type'] !== '' && !('tile_def' in value);
}

function isOld(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isOld);
  return isObject(value) && ['viz', 'graphs', 'tile_def', 'board_title', 'widgets'].some((key) => key in value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
