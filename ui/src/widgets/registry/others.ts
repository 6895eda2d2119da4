/** Kinds that do not draw queries of their own: notes, groups, lists, health. */
import { lazy } from 'react';

import type { WidgetDefinition } from '../../dashboards/model';
import type { WidgetKind } from './kind';

/** What is not served yet, and the words for it. */
const Waits = lazy(() => import('../parts/WaitsView'));
const List = lazy(() => import('../list-stream/ListStreamView'));

const size = (width: number, height: number) => ({ width, height });
const listOf = (data_source: string, query_string = '') => ({
  response_format: 'event_list',
  columns: ['status_line', 'timestamp', 'content'].map((field) => ({ field, width: 'auto' })),
  query: { data_source, query_string, indexes: [], storage: 'hot' },
});
const make = (type: string, rest: Record<string, unknown> = {}) => (): WidgetDefinition => ({ type, title: '', ...rest });
const plain = (type: string, rest: Record<string, unknown>) => (): WidgetDefinition => ({ type, ...rest });

/** Who came back, week by week. Source: openapi core-v1, `RetentionQuery`. */
const RETENTION = {
  data_source: 'product_analytics_retention',
  compute: { aggregation: 'count', metric: '__dd.retention_rate' },
  search: {
    cohort_criteria: { base_query: { data_source: 'product_analytics', search: { query: '@type:session' } }, time_interval: { type: 'calendar', value: { type: 'week' } } },
    retention_entity: '@usr.id',
    return_condition: 'conversion_on',
  },
};

const ANNOTATIONS: readonly WidgetKind[] = [
  {
    type: 'note', label: 'Note', group: 'annotations', icon: 'StickyNote', size: size(3, 2), isBare: true,
    make: plain('note', { content: 'New note', background_color: 'white', font_size: '14', text_align: 'left', vertical_align: 'top', show_tick: false, tick_pos: '50%', tick_edge: 'left', has_padding: true }),
    View: lazy(() => import('../note/NoteView')),
  },
  {
    type: 'free_text', label: 'Free text', group: 'annotations', icon: 'Type', size: size(3, 1), isBare: true,
    make: plain('free_text', { text: 'Text', color: '', font_size: 'auto', text_align: 'left' }),
    View: lazy(() => import('../note/FreeTextView')),
  },
  {
    type: 'image', label: 'Image', group: 'annotations', icon: 'Image', size: size(2, 2), isBare: true,
    make: plain('image', { url: '', sizing: 'contain', margin: 'md', has_background: true, has_border: true, vertical_align: 'center', horizontal_align: 'center' }),
    View: lazy(() => import('../image/ImageView')),
  },
  {
    type: 'iframe', label: 'Iframe', group: 'annotations', icon: 'AppWindow', size: size(4, 4), isBare: true,
    make: plain('iframe', { url: '' }),
    View: lazy(() => import('../iframe/IframeView')),
  },
];

const GROUPS: readonly WidgetKind[] = [
  {
    type: 'group', label: 'Group', group: 'groups', icon: 'Group', size: size(12, 3), isBare: true, hasOwnTitle: true,
    make: plain('group', { title: 'New group', layout_type: 'ordered', show_title: true, background_color: 'vivid_blue', widgets: [] }),
    View: lazy(() => import('../group/GroupView')),
  },
  {
    type: 'powerpack', label: 'Powerpack', group: 'groups', icon: 'Package', size: size(12, 4), isBare: true, hasOwnTitle: true,
    make: plain('powerpack', { powerpack_id: '', template_variables: { controlled_externally: [], controlled_by_powerpack: [] } }),
    View: lazy(() => import('../powerpack/PowerpackView')),
  },
];

const LISTS: readonly WidgetKind[] = [
  { type: 'list_stream', label: 'List', group: 'lists', icon: 'List', size: size(6, 4), make: make('list_stream', { requests: [listOf('event_stream')] }), View: List },
  {
    type: 'event_stream', label: 'Event stream', group: 'lists', icon: 'Rss', size: size(4, 4),
    make: make('event_stream', { query: '', tags_execution: 'and', event_size: 's' }),
    View: lazy(() => import('../events/EventStreamView')),
  },
  {
    type: 'event_timeline', label: 'Event timeline', group: 'lists', icon: 'ChartNoAxesColumn', size: size(6, 2),
    make: make('event_timeline', { query: '', tags_execution: 'and' }),
    View: lazy(() => import('../events/EventTimelineView')),
  },
  {
    type: 'log_stream', label: 'Log stream', group: 'lists', icon: 'ScrollText', size: size(6, 4),
    make: make('log_stream', { query: '', columns: ['host', 'service'], indexes: [], show_date_column: true, show_message_column: true, message_display: 'inline', sort: { column: 'time', order: 'desc' } }),
    View: List,
  },
];

const HEALTH: readonly WidgetKind[] = [
  {
    type: 'check_status', label: 'Check status', group: 'health', icon: 'CircleCheck', size: size(2, 2),
    make: make('check_status', { check: 'datadog.agent.up', grouping: 'cluster', group_by: [], tags: ['*'] }),
    View: lazy(() => import('../check-status/CheckStatusView')),
  },
  {
    type: 'manage_status', label: 'Monitor summary', group: 'health', icon: 'BellRing', size: size(4, 4),
    make: make('manage_status', { query: '', summary_type: 'monitors', display_format: 'countsAndList', color_preference: 'text', hide_zero_counts: true, show_last_triggered: false, show_priority: false, sort: 'status,asc' }),
    View: Waits,
  },
  { type: 'alert_graph', label: 'Alert graph', group: 'health', icon: 'ChartSpline', size: size(4, 2), make: make('alert_graph', { alert_id: '', viz_type: 'timeseries' }), View: Waits },
  { type: 'alert_value', label: 'Alert value', group: 'health', icon: 'BellDot', size: size(2, 2), make: make('alert_value', { alert_id: '', precision: 2, text_align: 'left' }), View: Waits },
  {
    type: 'slo', label: 'SLO', group: 'health', icon: 'Target', size: size(4, 3),
    make: make('slo', { view_type: 'detail', slo_id: '', time_windows: ['7d', '30d'], view_mode: 'overall', show_error_budget: true }),
    View: Waits,
  },
  { type: 'slo_list', label: 'SLO list', group: 'health', icon: 'ListChecks', size: size(6, 3), make: make('slo_list', { requests: [{ request_type: 'slo_list', query: { query_string: '', limit: 100 } }] }), View: Waits },
];

const APM: readonly WidgetKind[] = [
  {
    type: 'trace_service', label: 'Service summary', group: 'apm', icon: 'Activity', size: size(8, 4),
    make: make('trace_service', { env: '', service: '', span_name: '', show_hits: true, show_errors: true, show_latency: true, show_breakdown: true, show_distribution: true, show_resource_list: false, size_format: 'medium', display_format: 'two_column' }),
    View: Waits,
  },
  { type: 'servicemap', label: 'Service map', group: 'apm', icon: 'Workflow', size: size(4, 4), make: make('servicemap', { service: '', filters: ['*'] }), View: Waits },
  {
    type: 'topology_map', label: 'Topology map', group: 'apm', icon: 'Network', size: size(4, 4),
    make: make('topology_map', { requests: [{ request_type: 'topology', query: { data_source: 'service_map', service: '', filters: ['*'] } }] }),
    View: Waits,
  },
  { type: 'run_workflow', label: 'Run workflow', group: 'apm', icon: 'CirclePlay', size: size(3, 1), make: make('run_workflow', { workflow_id: '' }), View: Waits },
];

const rum = (request_type: string) => ({ requests: [{ request_type, query: { data_source: 'rum', query_string: '', steps: [{ facet: '@view.name', value: '' }] } }] });

const RUM: readonly WidgetKind[] = [
  { type: 'funnel', label: 'Funnel', group: 'rum', icon: 'Funnel', size: size(6, 3), make: make('funnel', rum('funnel')), View: Waits },
  { type: 'sankey', label: 'Sankey', group: 'rum', icon: 'Waypoints', size: size(6, 4), make: make('sankey', { requests: [{ request_type: 'sankey', query: { data_source: 'rum', query_string: '', mode: 'source', source: '' } }] }), View: Waits },
  { type: 'cohort', label: 'Cohort', group: 'rum', icon: 'Grid3x3', size: size(6, 4), make: make('cohort', { requests: [{ request_type: 'retention_grid', query: RETENTION }] }), View: Waits },
  { type: 'retention_curve', label: 'Retention curve', group: 'rum', icon: 'TrendingDown', size: size(6, 3), make: make('retention_curve', { requests: [{ request_type: 'retention_curve', query: RETENTION }] }), View: Waits },
];

const MAPS: readonly WidgetKind[] = [
  {
    type: 'hostmap', label: 'Host map', group: 'graphs', icon: 'Hexagon', size: size(6, 4),
    make: make('hostmap', { requests: { fill: { q: 'avg:system.cpu.user{*} by {host}' } }, node_type: 'host', no_metric_hosts: false, no_group_hosts: true, group: [], scope: [], style: { palette: 'YlOrRd', palette_flip: false } }),
    View: lazy(() => import('../hostmap/HostmapView')),
  },
  {
    type: 'geomap', label: 'Geomap', group: 'graphs', icon: 'Globe', size: size(6, 4),
    make: make('geomap', {
      requests: [{ response_format: 'scalar', queries: [{ data_source: 'metrics', name: 'query1', query: 'sum:system.net.bytes_sent{*} by {country_iso_code}', aggregator: 'sum' }], formulas: [{ formula: 'query1' }] }],
      style: { palette: 'hostmap_blues', palette_flip: false },
      view: { focus: 'WORLD' },
    }),
    View: lazy(() => import('../geomap/GeomapView')),
  },
];

export const OTHERS: readonly WidgetKind[] = [...MAPS, ...ANNOTATIONS, ...GROUPS, ...LISTS, ...HEALTH, ...APM, ...RUM];
