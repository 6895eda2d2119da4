/** Definitions of the gallery, as dashboards write them. Metrics are those of `e2e/fleet.mjs` and a made-up shop. */
type Shown = { width: number; height: number; type: string } & Record<string, unknown>;

const q = (query: string, name = 'query1', aggregator = 'avg') => ({ data_source: 'metrics', name, query, aggregator });
const lines = (query: string, more: object = {}, formula: object = {}) => ({ response_format: 'timeseries', queries: [q(query)], formulas: [{ formula: 'query1', ...formula }], display_type: 'line', ...more });
const rows = (query: string, more: object = {}, formula: object = {}, aggregator = 'avg') => ({ response_format: 'scalar', queries: [q(query, 'query1', aggregator)], formulas: [{ formula: 'query1', ...formula }], ...more });
const top = (count: number) => ({ sort: { count, order_by: [{ type: 'formula', index: 0, order: 'desc' }] } });
const TRAFFIC = [
  { comparator: '>', value: 500, palette: 'white_on_red' },
  { comparator: '>', value: 100, palette: 'white_on_yellow' },
  { comparator: '>=', value: 0, palette: 'white_on_green' },
];

const timeseries: Shown[] = [
  { width: 4, height: 3, type: 'timeseries', title: 'CPU by role', show_legend: true, legend_columns: ['avg', 'max', 'value'], requests: [lines('avg:system.cpu.user{*} by {role}')], markers: [{ value: 'y = 45', display_type: 'error dashed', label: 'Too busy' }, { value: '30 < y < 40', display_type: 'warning dashed' }] },
  { width: 4, height: 3, type: 'timeseries', title: 'Requests by service', show_legend: true, requests: [lines('sum:shop.requests{*} by {service}.as_count()', { display_type: 'bars', style: { palette: 'cool', order_by: 'values' } })] },
  { width: 4, height: 3, type: 'timeseries', title: 'Memory by role', show_legend: true, legend_layout: 'vertical', legend_columns: ['avg'], requests: [lines('sum:system.mem.usable{*} by {role}', { display_type: 'area', style: { palette: 'purple', order_by: 'values' } })] },
  { width: 4, height: 3, type: 'timeseries', title: 'Requests and latency', show_legend: true, legend_layout: 'horizontal', yaxis: { min: '0' }, requests: [lines('sum:shop.requests{*}.as_count()', { display_type: 'bars', style: { palette: 'gray' } }, { alias: 'Requests' }), lines('avg:shop.latency{*}', { on_right_yaxis: true, style: { palette: 'orange', line_width: 'thick' } }, { alias: 'Latency' })], events: [{ q: 'Deployed OR Restarted' }] },
  { width: 4, height: 3, type: 'timeseries', title: 'Status codes', show_legend: true, requests: [lines('sum:shop.requests{$service} by {status_code}.as_count()', { display_type: 'area', style: { palette: 'semantic' } })], yaxis: { scale: 'sqrt' } },
  { width: 4, height: 3, type: 'timeseries', title: 'Now and a few hours ago', show_legend: true, requests: [lines('sum:shop.requests{service:checkout}.as_count()', {}, { alias: 'Now' }), lines('timeshift(sum:shop.requests{service:checkout}.as_count(), -10800)', { style: { palette: 'grey' } }, { alias: '3 h before' })] },
  { width: 4, height: 3, type: 'timeseries', title: 'Anomalies of latency', requests: [lines('avg:shop.latency{service:catalog}', {}, { formula: "anomalies(query1, 'basic', 2)" })] },
  { width: 4, height: 3, type: 'timeseries', title: 'Forecast', requests: [lines('sum:shop.requests{service:checkout}.as_count()', {}, { formula: "forecast(query1, 'linear', 1)" })] },
  { width: 4, height: 3, type: 'timeseries', title: 'Outliers', requests: [lines('avg:system.cpu.user{role:web} by {host}', {}, { formula: "outliers(query1, 'MAD', 3, 50)" })] },
  { width: 4, height: 2, type: 'timeseries', title: 'Old form with aliases', show_legend: true, requests: [{ q: 'avg:system.load.1{*}, avg:system.load.5{*}, avg:system.load.15{*}', display_type: 'line', style: { palette: 'warm', line_type: 'dotted' }, metadata: [{ expression: 'avg:system.load.1{*}', alias_name: '1 min' }, { expression: 'avg:system.load.5{*}', alias_name: '5 min' }] }] },
  { width: 4, height: 2, type: 'timeseries', title: 'Log scale', yaxis: { scale: 'log', include_zero: false }, requests: [lines('sum:shop.requests{*} by {status_code}.as_count()')] },
  { width: 4, height: 2, type: 'timeseries', title: 'Fifty hosts', requests: [lines('avg:system.cpu.user{*} by {host}')] },
  { width: 3, height: 2, type: 'timeseries', title: 'A mistake', requests: [lines('avg:broken{')] },
  { width: 3, height: 2, type: 'timeseries', title: 'Logs alone', requests: [{ response_format: 'timeseries', queries: [{ data_source: 'logs', name: 'a', compute: { aggregation: 'count' } }], formulas: [{ formula: 'a' }] }] },
  { width: 3, height: 2, type: 'timeseries', title: 'Logs and metrics', requests: [lines('avg:system.load.1{*}'), { queries: [{ data_source: 'logs', name: 'a' }], formulas: [{ formula: 'a' }] }] },
  { width: 3, height: 2, type: 'timeseries', title: 'Nothing', requests: [lines('avg:nothing.here{*}')] },
];

const graphs: Shown[] = [
  { width: 2, height: 2, type: 'query_value', title: 'Requests', autoscale: true, precision: 1, requests: [rows('sum:shop.requests{*}.as_count()', { comparison: { type: 'both', directionality: 'increase_better', duration: { type: 'previous_timeframe' } } }, {}, 'sum')], timeseries_background: { type: 'area' } },
  { width: 2, height: 2, type: 'query_value', title: 'Latency', autoscale: true, precision: 0, requests: [rows('avg:shop.latency{*}', { conditional_formats: [{ comparator: '>', value: 10, palette: 'white_on_red' }] }, { number_format: { unit: { type: 'canonical_unit', unit_name: 'millisecond' } } })] },
  { width: 2, height: 2, type: 'query_value', title: 'CPU', autoscale: true, precision: 1, custom_unit: '%', requests: [rows('avg:system.cpu.user{*}', { conditional_formats: [{ comparator: '<', value: 90, palette: 'green_on_white' }] })], timeseries_background: { type: 'bars' } },
  { width: 2, height: 2, type: 'query_value', title: 'Custom', autoscale: true, requests: [rows('avg:system.load.1{*}', { conditional_formats: [{ comparator: '>', value: 0, palette: 'custom_bg', custom_bg_color: '#632ca6' }] })], timeseries_background: { type: 'area' } },
  { width: 2, height: 1, type: 'query_value', title: 'Small', autoscale: true, precision: 2, requests: [rows('max:system.mem.total{*}', {}, { number_format: { unit: { type: 'canonical_unit', unit_name: 'mebibyte' } } })] },
  { width: 2, height: 1, type: 'query_value', autoscale: true, precision: 2, text_align: 'left', requests: [rows('max:system.load.1{*}', { conditional_formats: [{ comparator: '>', value: 0, palette: 'black_on_light_yellow' }] })] },
  { width: 4, height: 1, type: 'query_value', title: 'Wide', autoscale: false, precision: 0, requests: [rows('sum:shop.requests{*}.as_count()', {}, {}, 'sum')] },
  { width: 3, height: 3, type: 'toplist', title: 'Busiest hosts', requests: [rows('avg:system.cpu.user{*} by {host}', top(10))] },
  { width: 3, height: 3, type: 'toplist', title: 'With conditions', requests: [rows('sum:shop.requests{*} by {service,status_code}.as_count()', { ...top(12), conditional_formats: TRAFFIC }, {}, 'sum')] },
  { width: 3, height: 3, type: 'toplist', title: 'Stacked', style: { display: { type: 'stacked', legend: 'automatic' }, palette: 'datadog16' }, requests: [rows('sum:shop.requests{*} by {service}.as_count()', top(10), {}, 'sum')] },
  { width: 3, height: 3, type: 'bar_chart', title: 'Bars', requests: [rows('sum:shop.requests{*} by {service}.as_count()', top(10), {}, 'sum')] },
  { width: 6, height: 3, type: 'query_table', title: 'Services', has_search_bar: 'auto', requests: [{ response_format: 'scalar', queries: [q('sum:shop.requests{*} by {service,env}.as_count()', 'a', 'sum'), q('sum:shop.requests{status_code:500} by {service,env}.as_count()', 'b', 'sum'), q('avg:shop.latency{*} by {service,env}', 'c')], formulas: [{ formula: 'a', alias: 'Requests', cell_display_mode: 'bar' }, { formula: 'b / a * 100', alias: 'Errors %', conditional_formats: [{ comparator: '>', value: 1.4, palette: 'white_on_red' }, { comparator: '<=', value: 1.4, palette: 'black_on_light_green' }] }, { formula: 'c', alias: 'Latency', cell_display_mode: 'trend', number_format: { unit: { type: 'canonical_unit', unit_name: 'millisecond' } } }] }] },
  { width: 6, height: 3, type: 'query_table', title: 'Old form', requests: [{ q: 'avg:system.cpu.user{*} by {host}', aggregator: 'max', alias: 'CPU', limit: 20, order: 'desc', conditional_formats: [{ comparator: '>', value: 50, palette: 'red_on_white' }] }, { q: 'avg:system.load.1{*} by {host}', alias: 'Load' }] },
  { width: 4, height: 3, type: 'change', title: 'Change of requests', requests: [{ q: 'sum:shop.requests{*} by {service}.as_count()', compare_to: 'hour_before', change_type: 'absolute', increase_good: true, order_by: 'change', order_dir: 'desc', show_present: true }] },
  { width: 4, height: 3, type: 'change', title: 'Change of latency', requests: [{ queries: [q('avg:shop.latency{*} by {service}')], formulas: [{ formula: 'hour_before(query1)' }, { formula: 'query1' }], change_type: 'relative', increase_good: false, order_by: 'change', order_dir: 'asc' }] },
  { width: 4, height: 3, type: 'treemap', title: 'Requests', requests: [rows('sum:shop.requests{*} by {env,service}.as_count()', {}, {}, 'sum')] },
  { width: 4, height: 3, type: 'sunburst', title: 'Requests by service', legend: { type: 'automatic' }, requests: [rows('sum:shop.requests{*} by {service}.as_count()', {}, {}, 'sum')] },
  { width: 4, height: 3, type: 'sunburst', title: 'Nested', legend: { type: 'table' }, requests: [rows('sum:shop.requests{*} by {env,service}.as_count()', { style: { palette: 'cool' } }, {}, 'sum')] },
  { width: 4, height: 3, type: 'sunburst', title: 'Small', hide_total: true, legend: { type: 'none' }, requests: [rows('avg:system.cpu.user{*} by {host}')] },
  { width: 4, height: 3, type: 'heatmap', title: 'CPU of all hosts', requests: [{ q: 'avg:system.cpu.user{*} by {host}', style: { palette: 'dog_classic' } }] },
  { width: 4, height: 3, type: 'heatmap', title: 'Duration', requests: [{ request_type: 'histogram', query: { data_source: 'metrics', name: 'query1', query: 'histogram:shop.request.duration{*}' }, style: { palette: 'warm' } }] },
  { width: 4, height: 3, type: 'distribution', title: 'CPU of hosts', requests: [rows('avg:system.cpu.user{*} by {host}')], markers: [{ value: 'x = 40', display_type: 'error dashed', label: 'Too busy' }] },
  { width: 4, height: 3, type: 'distribution', title: 'Duration', requests: [{ request_type: 'histogram', query: { data_source: 'metrics', name: 'query1', query: 'histogram:shop.request.duration{*}' }, style: { palette: 'purple' } }] },
  { width: 4, height: 3, type: 'scatterplot', title: 'CPU and memory', color_by_groups: ['role'], xaxis: { label: 'CPU', include_zero: true }, yaxis: { label: 'Usable', include_zero: true }, requests: { x: { q: 'avg:system.cpu.user{*} by {host,role}', aggregator: 'avg' }, y: { q: 'avg:system.mem.usable{*} by {host,role}', aggregator: 'avg' } } },
  { width: 4, height: 3, type: 'scatterplot', title: 'By formulas', color_by_groups: ['env'], xaxis: { scale: 'log' }, yaxis: {}, requests: { table: { response_format: 'scalar', queries: [q('avg:system.cpu.user{*} by {host,env}', 'a'), q('avg:system.load.1{*} by {host,env}', 'b'), q('avg:system.mem.usable{*} by {host,env}', 'c')], formulas: [{ formula: 'a', dimension: 'x', alias: 'CPU' }, { formula: 'b', dimension: 'y', alias: 'Load' }, { formula: 'c', dimension: 'radius', alias: 'Memory' }] } } },
  { width: 12, height: 4, type: 'split_group', title: 'Requests by service', source_widget_definition: { type: 'timeseries', requests: [lines('sum:shop.requests{*} by {status_code}.as_count()', { display_type: 'bars' })] }, split_config: { split_dimensions: [{ one_graph_per: 'service' }], limit: 8, sort: { order: 'desc', compute: { metric: 'shop.requests', aggregation: 'sum' } } }, size: 'sm', has_uniform_y_axes: true },
  { width: 4, height: 2, type: 'wildcard', title: 'Vega', requests: [rows('avg:system.cpu.user{*} by {host}')], specification: { type: 'vega-lite', contents: { mark: 'bar' } } },
  { width: 4, height: 2, type: 'point_plot', title: 'Points', requests: [{ request_type: 'data_projection', query: { data_source: 'logs', query_string: '*' } }] },
];

const split = graphs.filter(({ type }) => type === 'split_group' || type === 'query_value' || type === 'change');

/** For measuring: twenty charts of fifty lines. */
const many: Shown[] = Array.from({ length: 20 }, (_, at) => ({ width: 6, height: 3, type: 'timeseries', title: `Fifty hosts ${at + 1}`, show_legend: true, requests: [lines('avg:system.cpu.user{*} by {host}', {}, { alias: `CPU ${at}` })] }));

export const SETS: Readonly<Record<string, readonly Shown[]>> = { timeseries, graphs, split, many };
