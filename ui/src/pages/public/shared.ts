/** What the server tells a visitor of a shared dashboard, and the way to its data. */
import type { CallOptions, Door } from '../../api/client';
import type { Dashboard, TemplateVariable } from '../../dashboards/model';

export interface Shared {
  dashboard: Dashboard;
  settings: {
    title?: string;
    global_time?: { live_span?: string } | null;
    global_time_selectable_enabled?: boolean | null;
    selectable_template_vars?: SelectableVariable[] | null;
    viewing_preferences?: { theme?: string; high_density?: boolean } | null;
  };
}

interface SelectableVariable {
  name?: string;
  prefix?: string | null;
  default_values?: string[] | null;
  visible_tags?: string[] | null;
}

/** The variables that a visitor may choose, limited to the values that are shared. */
export function limitedTo({ dashboard, settings }: Shared): TemplateVariable[] {
  const selectable = new Map((settings.selectable_template_vars ?? []).map((variable) => [variable.name, variable]));
  return (dashboard.template_variables ?? []).flatMap((variable) => {
    const shared = selectable.get(variable.name);
    if (!shared) return [];
    const available = shared.visible_tags ?? variable.available_values ?? [];
    const defaults = shared.default_values ?? variable.defaults;
    return [{ ...variable, available_values: available, ...(defaults ? { defaults } : {}) }];
  });
}

/** The time that the dashboard is shared with, as the address writes it. */
export function timeOf({ settings }: Shared): { selection: string | undefined } {
  const span = settings.global_time?.live_span;
  return { selection: typeof span === 'string' && /^\d+[mhdw]$/.test(span) ? span : span === '1mo' ? '30d' : undefined };
}

const QUERY = /^\/api\/(?:v2|procyon)\/query\/(timeseries|scalar|histogram)$/;

/** Queries go by the share's token and carry the values of the variables: the server checks them. */
export function publicDoor(token: string, key: { invite?: string | undefined; embed?: string }): { door: Door; setValues: (values: Record<string, readonly string[]>) => void } {
  let variables: Record<string, readonly string[]> = {};
  const door: Door = (path, options) => {
    const kind = QUERY.exec(path)?.[1];
    if (!kind) return { path, options };
    const body = { ...(options.body as Record<string, unknown>), variables };
    const next: CallOptions = { ...options, body, query: { ...options.query, ...key } };
    return { path: `/api/procyon/public/${encodeURIComponent(token)}/query/${kind}`, options: next };
  };
  return { door, setValues: (values) => (variables = values) };
}
