/** Kinds that draw queries. */
import { lazy } from 'react';

import type { WidgetKind } from './kind';

const metric = (q: string) => ({ response_format: 'timeseries', queries: [{ data_source: 'metrics', name: 'query1', query: q }], formulas: [{ formula: 'query1' }] });
const scalar = (q: string) => ({ response_format: 'scalar', queries: [{ data_source: 'metrics', name: 'query1', query: q, aggregator: 'avg' }], formulas: [{ formula: 'query1' }] });
const BY_HOST = 'avg:system.cpu.user{*} by {host}';
const TOP_TEN = { sort: { count: 10, order_by: [{ type: 'formula', index: 0, order: 'desc' }] } };

export const GRAPHS: readonly WidgetKind[] = [
  {
    type: 'timeseries',
    label: 'Timeseries',
    group: 'graphs',
    icon: 'ChartLine',
    size: { width: 4, height: 2 },
    make: () => ({ type: 'timeseries', title: '', show_legend: true, requests: [{ ...metric('avg:system.cpu.user{*}'), display_type: 'line', style: { palette: 'dog_classic', line_type: 'solid', line_width: 'normal' } }] }),
    View: lazy(() => import('../timeseries/TimeseriesView')),
  },
  {
    type: 'query_value',
    label: 'Query value',
    group: 'graphs',
    icon: 'Hash',
    size: { width: 2, height: 2 },
    make: () => ({ type: 'query_value', title: '', autoscale: true, precision: 2, requests: [scalar('avg:system.cpu.user{*}')] }),
    View: lazy(() => import('../query-value/QueryValueView')),
  },
  {
    type: 'toplist',
    label: 'Top list',
    group: 'graphs',
    icon: 'ChartBarDecreasing',
    size: { width: 3, height: 3 },
    make: () => ({ type: 'toplist', title: '', requests: [{ ...scalar(BY_HOST), ...TOP_TEN }] }),
    View: lazy(() => import('../toplist/ToplistView')),
  },
  {
    type: 'query_table',
    label: 'Table',
    group: 'graphs',
    icon: 'Table2',
    size: { width: 4, height: 3 },
    make: () => ({ type: 'query_table', title: '', has_search_bar: 'auto', requests: [{ ...scalar(BY_HOST), ...TOP_TEN }] }),
    View: lazy(() => import('../query-table/QueryTableView')),
  },
];
