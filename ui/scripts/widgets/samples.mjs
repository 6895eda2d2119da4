// @ts-check
/**
 * A widget of each type of Datadog's OpenAPI (`WidgetDefinition` of core v1), as `docs/widgets.md`
 * shows it. `waits`: what its data waits for; such a widget has no picture.
 */

/** @typedef {{ type: string, name: string, says: string, definition: Record<string, unknown>, width?: number, height?: number, waits?: string }} Sample */

/** @param {string} query @param {string} [aggregator] */
const metric = (query, aggregator) => ({ data_source: 'metrics', name: 'query1', query, ...(aggregator ? { aggregator } : {}) });
/** @param {string} query @param {object} [rest] */
const series = (query, rest = {}) => ({ response_format: 'timeseries', queries: [metric(query)], formulas: [{ formula: 'query1' }], ...rest });
/** @param {string} query @param {object} [rest] */
const scalar = (query, rest = {}) => ({ response_format: 'scalar', queries: [metric(query, 'avg')], formulas: [{ formula: 'query1' }], ...rest });
/** All values of a metric. @param {string} query */
const spread = (query) => ({ request_type: 'histogram', query: metric(query) });
/** @param {string} background_color @param {string} content */
const note = (background_color, content) => ({ type: 'note', content, background_color, font_size: '14', text_align: 'left', vertical_align: 'top', show_tick: false, tick_pos: '50%', tick_edge: 'left', has_padding: true });

const MONITORS = 'monitors';
const TRACES = 'traces';
const RUM = 'RUM sessions';
const SLOS = 'service level objectives';

const RETENTION = {
  data_source: 'product_analytics_retention',
  compute: { aggregation: 'count', metric: '__dd.retention_rate' },
  search: { cohort_criteria: { base_query: { data_source: 'product_analytics', search: { query: '@type:session' } }, time_interval: { type: 'calendar', value: { type: 'week' } } }, retention_entity: '@usr.id', return_condition: 'conversion_on' },
};

/** @type {readonly Sample[]} */
export const SAMPLES = [
  { type: 'timeseries', name: 'Timeseries', says: 'lines, areas and bars over time', width: 4, definition: { type: 'timeseries', title: 'Requests by service', show_legend: false, requests: [series('sum:shop.requests{env:prod} by {service}', { display_type: 'line' })] } },
  { type: 'query_value', name: 'Query value', says: 'one number, with its course behind it', width: 2, definition: { type: 'query_value', title: 'Requests', autoscale: true, precision: 1, timeseries_background: { type: 'area' }, requests: [scalar('sum:shop.requests{env:prod}')] } },
  { type: 'toplist', name: 'Top list', says: 'groups by size, or as parts of the whole', definition: { type: 'toplist', title: 'Busiest services', requests: [scalar('sum:shop.requests{*} by {service}')] } },
  { type: 'query_table', name: 'Table', says: 'groups and several numbers of each, also as bars and courses', definition: { type: 'query_table', title: 'Services', has_search_bar: 'never', requests: [{ response_format: 'scalar', queries: [{ ...metric('sum:shop.requests{*} by {service}', 'avg') }, { ...metric('sum:shop.errors{*} by {service}', 'avg'), name: 'query2' }], formulas: [{ formula: 'query1', alias: 'requests', cell_display_mode: 'bar', limit: { count: 10, order: 'desc' } }, { formula: 'query2', alias: 'errors', cell_display_mode: 'trend', cell_display_mode_options: { trend_type: 'area', y_scale: 'independent' } }] }] } },
  { type: 'heatmap', name: 'Heat map', says: 'how values spread, over time', definition: { type: 'heatmap', title: 'Checkout time', requests: [spread('histogram:shop.checkout.time{*}')] } },
  { type: 'distribution', name: 'Distribution', says: 'how values spread, all in all', definition: { type: 'distribution', title: 'Checkout time', requests: [spread('histogram:shop.checkout.time{*}')] } },
  { type: 'change', name: 'Change', says: 'what grew and shrank', definition: { type: 'change', title: 'Against an hour ago', requests: [{ response_format: 'scalar', queries: [metric('sum:shop.requests{*} by {service}', 'avg')], formulas: [{ formula: 'hour_before(query1)' }, { formula: 'query1' }], change_type: 'relative', order_by: 'change', order_dir: 'desc', increase_good: true, show_present: true }] } },
  { type: 'hostmap', name: 'Host map', says: 'every host as a hexagon', definition: { type: 'hostmap', title: 'CPU by host', requests: { fill: { q: 'avg:system.cpu.user{*} by {host}' } }, node_type: 'host', group: ['env'], scope: [], no_metric_hosts: false, no_group_hosts: true, style: { palette: 'YlOrRd', palette_flip: false } } },
  { type: 'scatterplot', name: 'Scatter plot', says: 'two metrics against each other', definition: { type: 'scatterplot', title: 'Load and CPU', requests: { x: { q: 'avg:system.load.norm.1{*} by {host}', aggregator: 'avg' }, y: { q: 'avg:system.cpu.user{*} by {host}', aggregator: 'avg' } }, color_by_groups: ['env'] } },
  { type: 'treemap', name: 'Tree map', says: 'shares as areas', definition: { type: 'treemap', title: 'Requests by service', requests: [scalar('sum:shop.requests{*} by {service}')] } },
  { type: 'sunburst', name: 'Pie chart', says: 'shares of a whole, also nested', definition: { type: 'sunburst', title: 'Requests', legend: { type: 'table' }, requests: [scalar('sum:shop.requests{*} by {service}')] } },
  { type: 'bar_chart', name: 'Bar chart', says: 'groups side by side, or on each other', definition: { type: 'bar_chart', title: 'Errors by service', requests: [scalar('sum:shop.errors{*} by {service}')] } },
  { type: 'point_plot', name: 'Point plot', says: 'single values over time', definition: { type: 'point_plot', title: 'Latency', requests: [{ request_type: 'data_projection', query: { data_source: 'spans', query_string: 'service:checkout' }, projection: { type: 'point_plot', dimensions: [{ column: 'timestamp', dimension: 'time' }, { column: '@duration', dimension: 'y' }] } }] }, waits: 'single events of logs and traces' },
  { type: 'split_group', name: 'Split graph', says: 'one graph for each value of a tag', width: 6, height: 3, definition: { type: 'split_group', title: 'Requests of each service', size: 'sm', has_uniform_y_axes: true, split_config: { split_dimensions: [{ one_graph_per: 'service' }], limit: 4, sort: { order: 'desc', compute: { aggregation: 'sum', metric: 'shop.requests' } } }, source_widget_definition: { type: 'timeseries', title: '', requests: [series('sum:shop.requests{*} by {service}', { display_type: 'line' })] } } },
  { type: 'geomap', name: 'Geomap', says: 'countries by a metric, and places by their latitude and longitude; it is dragged and zoomed', width: 6, height: 3, definition: { type: 'geomap', title: 'Visitors', requests: [scalar('sum:shop.visitors{*} by {country_iso_code}'), scalar('sum:shop.orders{*} by {latitude,longitude,city}')], style: { palette: 'hostmap_blues', palette_flip: false }, view: { focus: 'WORLD' } } },
  { type: 'note', name: 'Note', says: 'Markdown on coloured paper; no HTML, so that no script can run', definition: note('yellow', '### Checkout\nWhen *payment* fails, **first** look at:\n\n1. the [bank](https://example.com)\n2. `queue depth`\n\n| step | who |\n|---|---|\n| call | Ann |\n| retry | Bo |') },
  { type: 'free_text', name: 'Free text', says: 'a heading of any size', height: 1, definition: { type: 'free_text', text: 'Checkout', font_size: 'auto', color: '', text_align: 'left' } },
  { type: 'image', name: 'Image', says: 'pictures of this server, within the definition, or by `https:` from elsewhere', definition: { type: 'image', url: '/favicon.svg', sizing: 'contain', margin: 'lg', has_background: true, has_border: true, vertical_align: 'center', horizontal_align: 'center' } },
  { type: 'iframe', name: 'Iframe', says: 'another site in a sandbox: it keeps its own origin and cannot reach into the page', definition: { type: 'iframe', url: 'http://FRAME/' } },
  { type: 'group', name: 'Group', says: 'a foldable grid; folded, it asks for no data', width: 6, height: 3, definition: { type: 'group', title: 'Checkout', layout_type: 'ordered', show_title: true, background_color: 'vivid_blue', widgets: [{ id: 1001, definition: { type: 'query_value', title: 'Requests', autoscale: true, precision: 1, requests: [scalar('sum:shop.requests{service:checkout}')] }, layout: { x: 0, y: 0, width: 3, height: 2 } }, { id: 1002, definition: note('blue', 'Everything between the cart and the bank.'), layout: { x: 3, y: 0, width: 3, height: 2 } }] } },
  { type: 'powerpack', name: 'Powerpack', says: 'a group kept once, used on many dashboards', width: 6, height: 3, definition: { type: 'powerpack', powerpack_id: 'POWERPACK', template_variables: { controlled_externally: [], controlled_by_powerpack: [{ name: 'service', prefix: 'service', values: ['cart'] }] } } },
  { type: 'list_stream', name: 'List', says: 'events in columns; logs, issues and traces wait for their data', width: 6, definition: { type: 'list_stream', title: 'Events', requests: [{ response_format: 'event_list', query: { data_source: 'event_stream', query_string: '' }, columns: ['status_line', 'timestamp', 'title', 'service'].map((field) => ({ field, width: 'auto' })) }] } },
  { type: 'event_stream', name: 'Event stream', says: 'the newest events of a search', definition: { type: 'event_stream', title: 'Events', query: 'tags:env:prod', event_size: 's', tags_execution: 'and' } },
  { type: 'event_timeline', name: 'Event timeline', says: 'events over time by status', definition: { type: 'event_timeline', title: 'Events', query: '', tags_execution: 'and' } },
  { type: 'check_status', name: 'Check status', says: 'a service check: one group, or a cluster', definition: { type: 'check_status', title: 'Clocks in time', check: 'ntp.in_sync', grouping: 'cluster', group_by: [], tags: ['*'] } },
  { type: 'log_stream', name: 'Log stream', says: 'logs in columns', definition: { type: 'log_stream', title: 'Logs', query: '' }, waits: 'logs' },
  { type: 'manage_status', name: 'Monitor summary', says: 'monitors by state', definition: { type: 'manage_status', title: 'Monitors', query: '' }, waits: MONITORS },
  { type: 'alert_graph', name: 'Alert graph', says: 'the query of a monitor', definition: { type: 'alert_graph', title: 'Monitor', alert_id: '1', viz_type: 'timeseries' }, waits: MONITORS },
  { type: 'alert_value', name: 'Alert value', says: 'the value of a monitor', definition: { type: 'alert_value', title: 'Monitor', alert_id: '1' }, waits: MONITORS },
  { type: 'slo', name: 'SLO', says: 'an objective and its error budget', definition: { type: 'slo', title: 'SLO', view_type: 'detail' }, waits: SLOS },
  { type: 'slo_list', name: 'SLO list', says: 'objectives', definition: { type: 'slo_list', title: 'SLOs', requests: [{ request_type: 'slo_list', query: { query_string: '' } }] }, waits: SLOS },
  { type: 'trace_service', name: 'Service summary', says: 'hits, errors and latency of a service', definition: { type: 'trace_service', title: 'Service', env: 'prod', service: 'checkout', span_name: 'http.request' }, waits: TRACES },
  { type: 'servicemap', name: 'Service map', says: 'who calls whom', definition: { type: 'servicemap', title: 'Map', service: 'checkout', filters: ['*'] }, waits: TRACES },
  { type: 'topology_map', name: 'Topology map', says: 'services and networks as a map', definition: { type: 'topology_map', title: 'Topology', requests: [{ request_type: 'topology', query: { data_source: 'service_map', service: 'checkout', filters: ['*'] } }] }, waits: 'traces and network flows' },
  { type: 'funnel', name: 'Funnel', says: 'how many reach each step', definition: { type: 'funnel', title: 'Funnel', requests: [{ request_type: 'funnel', query: { data_source: 'rum', query_string: '', steps: [{ facet: '@view.name', value: '/cart' }, { facet: '@view.name', value: '/payment' }] } }] }, waits: RUM },
  { type: 'sankey', name: 'Sankey', says: 'ways through a site', definition: { type: 'sankey', title: 'Ways', requests: [{ request_type: 'sankey', query: { data_source: 'rum', query_string: '', mode: 'source', source: '/home' } }] }, waits: RUM },
  { type: 'cohort', name: 'Cohort', says: 'who comes back, by when they came first', definition: { type: 'cohort', title: 'Cohorts', requests: [{ request_type: 'retention_grid', query: RETENTION }] }, waits: RUM },
  { type: 'retention_curve', name: 'Retention curve', says: 'who stays', definition: { type: 'retention_curve', title: 'Retention', requests: [{ request_type: 'retention_curve', query: RETENTION }] }, waits: RUM },
  { type: 'run_workflow', name: 'Run workflow', says: 'a button that starts a workflow', definition: { type: 'run_workflow', title: 'Workflow', workflow_id: '1' }, waits: 'workflows' },
  { type: 'wildcard', name: 'Wildcard', says: 'bars, lines, areas, points and arcs of a Vega-Lite specification; what else it uses is named, not half drawn', definition: { type: 'wildcard', title: 'Requests by service', requests: [scalar('sum:shop.requests{*} by {service,env}')], specification: { type: 'vega-lite', contents: { mark: 'bar', encoding: { y: { field: 'service', type: 'nominal', sort: '-x' }, x: { field: 'query1', type: 'quantitative', title: '' }, color: { field: 'env', type: 'nominal' } } } } } },
];
