/** Kinds that draw queries. */
import { lazy } from 'react';

import type { WidgetKind } from './kind';

/** What is not served yet, and the words for it. */
const Waits = lazy(() => import('../parts/WaitsView'));

const metric = (q: string) => ({ response_format: 'timeseries', queries: [{ data_source: 'metrics', name: 'query1', query: q }], formulas: [{ formula: 'query1' }] });
const scalar = (q: string) => ({ response_format: 'scalar', queries: [{ data_source: 'metrics', name: 'query1', query: q, aggregator: 'avg' }], formulas: [{ formula: 'query1' }] });

export const GRAPHS: readonly WidgetKind[] = [
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
