/**
 * Dashboards as Datadog's API has them. Definitions stay as they came: what a widget does not know
 * it leaves alone, so that a dashboard goes back as it was.
 */
export type LayoutType = 'ordered' | 'free';

/** Places are in columns and rows of the grid: 12 columns, of ordered dashboards as of free ones. */
export interface WidgetLayout {
  x: number;
  y: number;
  width: number;
  height: number;
  is_column_break?: boolean;
}

/** Any widget's definition; each kind reads the keys that it knows. */
export interface WidgetDefinition {
  type: string;
  title?: string;
  title_size?: string;
  title_align?: 'left' | 'center' | 'right';
  time?: WidgetTime;
  [key: string]: unknown;
}

export interface Widget {
  id?: number;
  definition: WidgetDefinition;
  layout?: WidgetLayout;
}

/** A widget's own time instead of the page's. Fixed spans are in unix milliseconds; older ones in seconds. */
export interface WidgetTime {
  live_span?: string;
  hide_incomplete_cost_data?: boolean;
  type?: 'live' | 'fixed';
  unit?: 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';
  value?: number;
  from?: number;
  to?: number;
}

export interface TemplateVariable {
  name: string;
  /** The tag key; without it the variable is free text. */
  prefix?: string | null;
  type?: string | null;
  available_values?: string[] | null;
  default?: string | null;
  defaults?: string[];
}

/** A saved view: values of the variables under a name. */
export interface TemplateVariablePreset {
  name: string;
  template_variables: { name: string; value?: string; values?: string[] }[];
}

/** Some of the widgets under a name. */
export interface DashboardTab {
  id: string;
  name: string;
  widget_ids?: number[];
}

export interface Dashboard {
  id: string;
  title: string;
  description?: string | null;
  layout_type: LayoutType;
  reflow_type?: 'auto' | 'fixed';
  widgets: Widget[];
  template_variables?: TemplateVariable[] | null;
  template_variable_presets?: TemplateVariablePreset[] | null;
  /** What is shown when the address says no time. Milliseconds. */
  default_timeframe?: { type?: string; unit?: WidgetTime['unit']; value?: number; from?: number; to?: number } | null;
  tabs?: DashboardTab[] | null;
  notify_list?: string[] | null;
  tags?: string[] | null;
  restricted_roles?: string[];
  is_read_only?: boolean;
  author_handle?: string;
  author_name?: string | null;
  created_at?: string;
  modified_at?: string;
  url?: string;
  [key: string]: unknown;
}

/** Columns of the grid. */
export const COLUMNS = 12;
