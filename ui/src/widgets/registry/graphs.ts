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
  {
    type: 'change',
    label: 'Change',
    group: 'graphs',
    icon: 'ArrowUpDown',
    size: { width: 3, height: 3 },
    make: () => ({ type: 'change', title: '', requests: [{ ...scalar(BY_HOST), compare_to: 'hour_before', change_type: 'absolute', increase_good: false, order_by: 'change', order_dir: 'desc' }] }),
    View: lazy(() => import('../change/ChangeView')),
  },
  {
    type: 'heatmap',
    label: 'Heatmap',
    group: 'graphs',
    icon: 'Grid3x3',
    size: { width: 4, height: 2 },
    make: () => ({ type: 'heatmap', title: '', requests: [{ ...metric(BY_HOST), style: { palette: 'dog_classic' } }] }),
    View: lazy(() => import('../heatmap/HeatmapView')),
  },
  {
    type: 'distribution',
    label: 'Distribution',
    group: 'graphs',
    icon: 'ChartColumn',
    size: { width: 4, height: 2 },
    make: () => ({ type: 'distribution', title: '', requests: [scalar(BY_HOST)], xaxis: { scale: 'linear', include_zero: true }, yaxis: { scale: 'linear', include_zero: true } }),
    View: lazy(() => import('../distribution/DistributionView')),
  },
  {
    type: 'scatterplot',
    label: 'Scatter plot',
    group: 'graphs',
    icon: 'ChartScatter',
    size: { width: 4, height: 3 },
    make: () => ({
      type: 'scatterplot',
      title: '',
      requests: {
        table: {
          response_format: 'scalar',
          queries: [
            { data_source: 'metrics', name: 'query1', query: BY_HOST, aggregator: 'avg' },
            { data_source: 'metrics', name: 'query2', query: 'avg:system.load.1{*} by {host}', aggregator: 'avg' },
          ],
          formulas: [
            { formula: 'query1', dimension: 'x' },
            { formula: 'query2', dimension: 'y' },
          ],
        },
      },
      color_by_groups: [],
    }),
    View: lazy(() => import('../scatterplot/ScatterplotView')),
  },
  {
    type: 'treemap',
    label: 'Treemap',
    group: 'graphs',
    icon: 'LayoutDashboard',
    size: { width: 4, height: 3 },
    make: () => ({ type: 'treemap', title: '', requests: [scalar(BY_HOST)] }),
    View: lazy(() => import('../treemap/TreemapView')),
  },
  {
    type: 'sunburst',
    label: 'Pie chart',
    group: 'graphs',
    icon: 'ChartPie',
    size: { width: 3, height: 3 },
    make: () => ({ type: 'sunburst', title: '', requests: [{ ...scalar(BY_HOST), ...TOP_TEN }], legend: { type: 'automatic' } }),
    View: lazy(() => import('../sunburst/SunburstView')),
  },
  {
    type: 'bar_chart',
    label: 'Bar chart',
    group: 'graphs',
    icon: 'ChartNoAxesColumn',
    size: { width: 4, height: 2 },
    make: () => ({ type: 'bar_chart', title: '', requests: [{ ...scalar(BY_HOST), ...TOP_TEN }] }),
    View: lazy(() => import('../bar-chart/BarChartView')),
  },
  {
    type: 'split_group',
    label: 'Split graph',
    group: 'graphs',
    icon: 'LayoutGrid',
    size: { width: 12, height: 4 },
    make: () => ({
      type: 'split_group',
      title: '',
      source_widget_definition: { type: 'timeseries', requests: [{ ...metric('avg:system.cpu.user{*}'), display_type: 'line' }] },
      split_config: { split_dimensions: [{ one_graph_per: 'host' }], limit: 12, sort: { order: 'desc', compute: { metric: 'system.cpu.user', aggregation: 'avg' } } },
      size: 'sm',
      has_uniform_y_axes: true,
    }),
    View: lazy(() => import('../split-group/SplitGroupView')),
  },
  {
    type: 'point_plot',
    label: 'Point plot',
    group: 'graphs',
    icon: 'ChartSpline',
    size: { width: 4, height: 2 },
    make: () => ({ type: 'point_plot', title: '', requests: [{ request_type: 'data_projection', query: { data_source: 'spans', query_string: '' }, projection: { type: 'point_plot', dimensions: [{ column: 'timestamp', dimension: 'time' }, { column: '@duration', dimension: 'y' }] } }], legend: { type: 'automatic' } }),
    View: lazy(() => import('../parts/WaitsView')),
  },
  {
    type: 'wildcard',
    label: 'Wildcard',
    group: 'graphs',
    icon: 'Asterisk',
    size: { width: 4, height: 3 },
    make: () => ({ type: 'wildcard', title: '', requests: [scalar(BY_HOST)], specification: { type: 'vega-lite', contents: { mark: 'bar', encoding: { x: { field: 'host', type: 'nominal' }, y: { field: 'query1', type: 'quantitative' } } } } }),
    View: lazy(() => import('../wildcard/WildcardView')),
  },
];
