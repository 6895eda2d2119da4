import { readFileSync } from 'node:fs';
import path from 'node:path';

import { icons } from 'lucide-react';
import { expect, it } from 'vitest';

import { KINDS } from './registry';

/** `WidgetDefinition.oneOf` of openapi core-v1, by `type`. */
const TYPES = [
  'alert_graph', 'alert_value', 'bar_chart', 'change', 'check_status', 'cohort', 'distribution', 'event_stream', 'event_timeline', 'free_text', 'funnel', 'geomap', 'group', 'heatmap', 'hostmap',
  'iframe', 'image', 'list_stream', 'log_stream', 'manage_status', 'note', 'point_plot', 'powerpack', 'query_table', 'query_value', 'retention_curve', 'run_workflow', 'sankey', 'scatterplot',
  'servicemap', 'slo', 'slo_list', 'split_group', 'sunburst', 'timeseries', 'toplist', 'topology_map', 'trace_service', 'treemap', 'wildcard',
];

it('knows each type of widget once', () => {
  expect(KINDS.map(({ type }) => type).sort()).toEqual(TYPES);
});

it.each(KINDS.map((kind) => [kind.type, kind] as const))('%s is whole', (type, kind) => {
  expect(kind.make().type).toBe(type);
  expect(kind.label).not.toBe('');
  expect(Object.keys(icons)).toContain(kind.icon);
  expect(kind.size.width).toBeLessThanOrEqual(12);
});

it('documents each type', () => {
  // From the folder of the page's package, where the tests run.
  const text = readFileSync(path.resolve('../docs/widgets.md'), 'utf8');
  expect(TYPES.filter((type) => !text.includes(`\`${type}\``))).toEqual([]);
});
