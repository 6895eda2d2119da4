/** Forms of the kinds that draw queries. Source of keys and values: openapi core-v1, widget definitions. */
import { getAt, isObject } from '../path';
import type { Request } from '../queries/requests';
import { options, type Field, type WidgetForm } from './field';
import { ALIGN, axis, conditions, EVENTS, FORMULA_LIMIT, MARKERS, palette } from './parts';

const DISPLAY: Field = { kind: 'select', path: 'display_type', label: 'Display', options: options('line', 'area', 'bars', 'overlay'), fallback: 'line', half: true };
const LEGEND: Field = { kind: 'switch', path: 'show_legend', label: 'Show the legend', fallback: true };

const timeseries: WidgetForm = {
  queries: {
    shape: 'timeseries',
    requests: 'many',
    make: () => ({ display_type: 'line', style: { palette: 'dog_classic', line_type: 'solid', line_width: 'normal' } }),
    fields: [
      DISPLAY,
      palette('style.palette'),
      { kind: 'select', path: 'style.line_type', label: 'Line', options: options('solid', 'dashed', 'dotted'), fallback: 'solid', half: true },
      { kind: 'select', path: 'style.line_width', label: 'Width', options: options('thin', 'normal', 'thick'), fallback: 'normal', half: true },
      { kind: 'switch', path: 'style.has_value_labels', label: 'Write values at the points', fallback: false },
      { kind: 'switch', path: 'on_right_yaxis', label: 'On the right axis', fallback: false },
    ],
  },
  sections: [
    {
      title: 'Legend',
      fields: [
        LEGEND,
        { kind: 'select', path: 'legend_layout', label: 'Layout', options: options(['auto', 'Automatic'], 'horizontal', 'vertical'), fallback: 'auto', when: (d) => d['show_legend'] !== false },
        { kind: 'checks', path: 'legend_columns', label: 'Columns', options: options('value', 'avg', 'sum', 'min', 'max'), fallback: ['avg', 'min', 'max', 'value', 'sum'], when: (d) => d['show_legend'] !== false },
      ],
    },
    axis('yaxis', 'Y axis'),
    axis('right_yaxis', 'Right axis'),
    MARKERS,
    EVENTS,
  ],
};

const queryValue: WidgetForm = {
  queries: { shape: 'scalar', requests: 'one', fields: [conditions()] },
  sections: [
    {
      title: 'Number',
      fields: [
        { kind: 'switch', path: 'autoscale', label: 'Shorten large numbers', fallback: true },
        { kind: 'number', path: 'precision', label: 'Decimals', min: 0, max: 10, placeholder: '2', half: true },
        { kind: 'text', path: 'custom_unit', label: 'Unit', placeholder: 'from the metric', half: true },
        { kind: 'select', path: 'text_align', label: 'Align', options: ALIGN, fallback: 'center' },
      ],
    },
    {
      title: 'Background',
      fields: [
        { kind: 'select', path: 'timeseries_background.type', label: 'Timeseries behind the number', options: options(['', 'None'], 'area', 'bars'), fallback: '' },
        { kind: 'text', path: 'timeseries_background.yaxis.min', label: 'Minimum', placeholder: 'auto', half: true, when: hasBackground },
        { kind: 'text', path: 'timeseries_background.yaxis.max', label: 'Maximum', placeholder: 'auto', half: true, when: hasBackground },
      ],
    },
  ],
};

function hasBackground(definition: Readonly<Record<string, unknown>>): boolean {
  return typeof definition['timeseries_background'] === 'object' && definition['timeseries_background'] !== null;
}

const LIST_STYLE: readonly Field[] = [
  { kind: 'select', path: 'style.display.type', label: 'Bars', options: options(['flat', 'Beside each other'], ['stacked', 'Stacked']), fallback: 'flat', half: true },
  { kind: 'select', path: 'style.scaling', label: 'Values', options: options(['absolute', 'As they are'], ['relative', 'As shares']), fallback: 'absolute', half: true },
  { kind: 'select', path: 'style.display.legend', label: 'Legend', options: options(['automatic', 'Automatic'], ['inline', 'In the bar'], 'none'), fallback: 'automatic', half: true, when: (d) => getAt(d, ['style', 'display', 'type']) === 'stacked' },
  palette('style.palette'),
];

const toplist: WidgetForm = {
  queries: { shape: 'scalar', requests: 'one', fields: [conditions()], formulaFields: FORMULA_LIMIT },
  sections: [{ title: 'Style', fields: LIST_STYLE }],
};

/** Of a formula's row. */
const isTrend = (row: Readonly<Record<string, unknown>>) => row['cell_display_mode'] === 'trend';

const table: WidgetForm = {
  queries: {
    shape: 'scalar',
    requests: 'one',
    formulaFields: [
      { kind: 'select', path: 'cell_display_mode', label: 'Cell', options: options('number', 'bar', 'trend'), fallback: 'number', half: true },
      { kind: 'select', path: 'cell_display_mode_options.trend_type', label: 'Trend', options: options('line', 'area', 'bars'), fallback: 'line', half: true, when: isTrend },
      { kind: 'select', path: 'cell_display_mode_options.y_scale', label: 'Scale', options: options(['independent', 'Of each row'], ['shared', 'The same for all rows']), fallback: 'independent', half: true, when: isTrend },
      ...FORMULA_LIMIT,
      conditions(),
    ],
  },
  sections: [{ title: 'Table', fields: [{ kind: 'select', path: 'has_search_bar', label: 'Search', options: options(['auto', 'When it is long'], 'always', 'never'), fallback: 'auto' }] }],
};

const change: WidgetForm = {
  queries: {
    shape: 'scalar',
    requests: 'one',
    fields: [
      { kind: 'select', path: 'compare_to', label: 'Compare to', options: options(['hour_before', 'An hour before'], ['day_before', 'A day before'], ['week_before', 'A week before'], ['month_before', 'A month before']), fallback: 'hour_before', half: true },
      { kind: 'select', path: 'change_type', label: 'Change as', options: options(['absolute', 'Difference'], ['relative', 'Percent']), fallback: 'absolute', half: true },
      { kind: 'select', path: 'order_by', label: 'Sort by', options: options('change', 'name', ['present', 'Value now'], ['past', 'Value then']), fallback: 'change', half: true },
      { kind: 'select', path: 'order_dir', label: 'Direction', options: options(['desc', 'Highest first'], ['asc', 'Lowest first']), fallback: 'desc', half: true },
      { kind: 'switch', path: 'increase_good', label: 'An increase is good', fallback: true },
      { kind: 'switch', path: 'show_present', label: 'Show the value of now', fallback: false },
    ],
  },
  sections: [],
};

const X_AXIS: Field = { kind: 'number', path: 'xaxis.num_buckets', label: 'Buckets', min: 1, max: 1000, placeholder: 'auto' };

const heatmap: WidgetForm = {
  queries: { shape: 'timeseries', requests: 'one', fields: [palette('style.palette')] },
  sections: [{ title: 'Display', fields: [LEGEND, X_AXIS] }, axis('yaxis', 'Y axis'), MARKERS, EVENTS],
};

const distribution: WidgetForm = {
  queries: { shape: 'scalar', requests: 'many', fields: [palette('style.palette')] },
  sections: [
    { title: 'Display', fields: [LEGEND, X_AXIS, { kind: 'text', path: 'xaxis.min', label: 'From', placeholder: 'auto', half: true }, { kind: 'text', path: 'xaxis.max', label: 'To', placeholder: 'auto', half: true }] },
    axis('yaxis', 'Y axis'),
    MARKERS,
  ],
};

const DIMENSIONS = ['x', 'y', 'radius', 'color'];

/** Every formula is drawn as something: the first that none is yet. */
function withDimensions(request: Request): Request {
  const formulas = Array.isArray(request['formulas']) ? request['formulas'].filter(isObject) : [];
  const used = new Set(formulas.map(({ dimension }) => dimension));
  const complete = formulas.map((formula) => {
    if (DIMENSIONS.includes(String(formula['dimension']))) return formula;
    const dimension = DIMENSIONS.find((one) => !used.has(one)) ?? 'color';
    used.add(dimension);
    return { ...formula, dimension };
  });
  return complete.length === 0 ? request : { ...request, formulas: complete };
}

const scatterplot: WidgetForm = {
  queries: {
    shape: 'scalar',
    requests: [{ key: 'table', label: 'Queries' }, { key: 'x', label: 'X axis' }, { key: 'y', label: 'Y axis' }],
    fields: [],
    formulaFields: [{ kind: 'select', path: 'dimension', label: 'Drawn as', options: options(['x', 'X axis'], ['y', 'Y axis'], ['radius', 'Size'], ['color', 'Colour']), fallback: 'x', half: true }],
    complete: withDimensions,
  },
  sections: [{ title: 'Colours', fields: [{ kind: 'words', path: 'color_by_groups', label: 'Colour by', placeholder: 'availability-zone' }] }, axis('xaxis', 'X axis'), axis('yaxis', 'Y axis')],
};

/** A table's legend has no such choice. */
const hasFullLegend = (d: unknown) => ['inline', 'automatic'].includes(String(getAt(d, ['legend', 'type'])));

const sunburst: WidgetForm = {
  queries: { shape: 'scalar', requests: 'one', fields: [palette('style.palette')], formulaFields: FORMULA_LIMIT },
  sections: [
    {
      title: 'Display',
      fields: [
        { kind: 'select', path: 'legend.type', label: 'Legend', options: options(['automatic', 'Automatic'], 'inline', 'table', 'none'), fallback: 'automatic' },
        { kind: 'switch', path: 'legend.hide_value', label: 'Without values', fallback: false, when: hasFullLegend },
        { kind: 'switch', path: 'legend.hide_percent', label: 'Without percentages', fallback: false, when: hasFullLegend },
        { kind: 'switch', path: 'hide_total', label: 'Hide the total', fallback: false },
      ],
    },
  ],
};

const treemap: WidgetForm = { queries: { shape: 'scalar', requests: 'one', fields: [palette('style.palette')], formulaFields: FORMULA_LIMIT }, sections: [] };

const geomap: WidgetForm = {
  queries: { shape: 'scalar', requests: 'one', fields: [conditions()] },
  sections: [
    {
      title: 'Map',
      fields: [
        { kind: 'text', path: 'view.focus', label: 'Shows', placeholder: 'WORLD', required: true, help: 'WORLD, or a country: DE, US' },
        { kind: 'text', path: 'style.palette', label: 'Palette', placeholder: 'hostmap_blues', required: true, half: true },
        { kind: 'switch', path: 'style.palette_flip', label: 'Turn the palette', fallback: false },
      ],
    },
  ],
};

const hostmap: WidgetForm = {
  queries: { shape: 'scalar', requests: [{ key: 'fill', label: 'Fill' }, { key: 'size', label: 'Size' }] },
  sections: [
    {
      title: 'Hosts',
      fields: [
        { kind: 'select', path: 'node_type', label: 'Shows', options: options(['host', 'Hosts'], ['container', 'Containers']), fallback: 'host' },
        { kind: 'words', path: 'scope', label: 'Only those with', placeholder: 'env:prod, $env' },
        { kind: 'words', path: 'group', label: 'Group by', placeholder: 'availability-zone' },
        { kind: 'switch', path: 'no_metric_hosts', label: 'Hosts without the metric as well', fallback: false },
        { kind: 'switch', path: 'no_group_hosts', label: 'Hosts without a group as well', fallback: true },
      ],
    },
    {
      title: 'Style',
      fields: [
        { kind: 'select', path: 'style.palette', label: 'Palette', options: options(['green_to_orange', 'Green to orange'], ['yellow_to_green', 'Yellow to green'], ['YlOrRd', 'Yellow to red'], ['hostmap_blues', 'Blues']), fallback: 'green_to_orange' },
        { kind: 'switch', path: 'style.palette_flip', label: 'Turn the palette', fallback: false },
        { kind: 'text', path: 'style.fill_min', label: 'From', placeholder: 'auto', half: true },
        { kind: 'text', path: 'style.fill_max', label: 'To', placeholder: 'auto', half: true },
      ],
    },
  ],
};

const splitGraph: WidgetForm = {
  queries: { shape: 'timeseries', requests: 'many', base: 'source_widget_definition' },
  sections: [
    {
      title: 'Split',
      fields: [
        { kind: 'text', path: 'split_config.split_dimensions.0.one_graph_per', label: 'One graph per', mono: true, required: true, placeholder: 'service' },
        { kind: 'number', path: 'split_config.limit', label: 'At most', min: 1, max: 500, placeholder: '24', half: true },
        { kind: 'select', path: 'split_config.sort.order', label: 'Sort', options: options(['desc', 'Highest first'], ['asc', 'Lowest first']), fallback: 'desc', half: true },
        { kind: 'select', path: 'size', label: 'Size of a graph', options: options(['xs', 'Tiny'], ['sm', 'Small'], ['md', 'Medium'], ['lg', 'Large']), fallback: 'md' },
        { kind: 'switch', path: 'has_uniform_y_axes', label: 'The same axis for all', fallback: true },
      ],
    },
  ],
};

const barChart: WidgetForm = { queries: { shape: 'scalar', requests: 'one', fields: [conditions()], formulaFields: FORMULA_LIMIT }, sections: [{ title: 'Style', fields: LIST_STYLE }] };

export const GRAPH_FORMS: Readonly<Record<string, WidgetForm>> = {
  timeseries,
  query_value: queryValue,
  toplist,
  query_table: table,
  change,
  heatmap,
  distribution,
  scatterplot,
  sunburst,
  treemap,
  geomap,
  hostmap,
  split_group: splitGraph,
  bar_chart: barChart,
};
