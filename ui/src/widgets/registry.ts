/**
 * Every kind of widget: what it is called, how large a new one is, and the code that draws it,
 * which is loaded when the first of its kind is shown.
 */
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';

import type { WidgetDefinition } from '../dashboards/model';

export interface WidgetViewProps {
  definition: WidgetDefinition;
}

export type WidgetGroup = 'graphs' | 'lists' | 'health' | 'annotations' | 'apm' | 'rum' | 'groups';

export interface WidgetKind {
  /** `definition.type`. */
  type: string;
  label: string;
  group: WidgetGroup;
  /** Name of an icon of lucide. */
  icon: string;
  /** Of a new one, in columns and rows. */
  size: { width: number; height: number };
  /** Has no frame and no title bar, like notes. */
  isBare?: boolean;
  /** Draws its own title. */
  hasOwnTitle?: boolean;
  /** A new one's definition. */
  make: () => WidgetDefinition;
  View: LazyExoticComponent<ComponentType<WidgetViewProps>>;
}

/** What is not served yet, and the words for it. */
const Waits = lazy(() => import('./parts/WaitsView'));

const metric = (q: string) => ({ response_format: 'timeseries', queries: [{ data_source: 'metrics', name: 'query1', query: q }], formulas: [{ formula: 'query1' }] });
const scalar = (q: string) => ({ response_format: 'scalar', queries: [{ data_source: 'metrics', name: 'query1', query: q, aggregator: 'avg' }], formulas: [{ formula: 'query1' }] });

export const KINDS: readonly WidgetKind[] = [
  {
    type: 'timeseries', label: 'Timeseries', group: 'graphs', icon: 'ChartLine', size: { width: 4, height: 2 },
    make: () => ({ type: 'timeseries', title: '', show_legend: true, requests: [{ ...metric('avg:system.cpu.user{*}'), display_type: 'line', style: { palette: 'dog_classic', line_type: 'solid', line_width: 'normal' } }] }),
    View: Waits,
  },
  {
    type: 'query_value', label: 'Query value', group: 'graphs', icon: 'Hash', size: { width: 2, height: 2 },
    make: () => ({ type: 'query_value', title: '', autoscale: true, precision: 2, requests: [scalar('avg:system.cpu.user{*}')] }),
    View: Waits,
  },
];

const BY_TYPE = new Map(KINDS.map((kind) => [kind.type, kind]));

export function kindOf(type: string): WidgetKind | undefined {
  return BY_TYPE.get(type);
}
