/**
 * Forms of kinds whose requests have a shape of their own: maps of services, journeys of people,
 * projections, Vega. Source of keys and values: openapi core-v1, widget definitions.
 */
import { getAt } from '../path';
import { options, type Field, type Section, type WidgetForm } from './field';
import { axis, FORMULA_LIMIT, MARKERS, palette } from './parts';

const QUERY = ['requests', 0, 'query'] as const;
const REQUEST_TYPE = ['requests', 0, 'request_type'] as const;

const search = (placeholder: string, label = 'Search'): Field => ({ kind: 'text', path: 'requests.0.query.query_string', label, mono: true, required: true, placeholder });

const topologyMap: WidgetForm = {
  sections: [
    {
      title: 'Map',
      fields: [
        { kind: 'select', path: 'requests.0.query.data_source', label: 'Map of', options: options(['service_map', 'Services'], ['data_streams', 'Data streams']), fallback: 'service_map' },
        { kind: 'text', path: 'requests.0.query.query_string', label: 'Search', mono: true, placeholder: 'service:checkout', help: 'Stands in place of the service' },
        { kind: 'text', path: 'requests.0.query.service', label: 'Service', mono: true, required: true, placeholder: 'checkout', half: true },
        { kind: 'words', path: 'requests.0.query.filters', label: 'Only with', placeholder: 'env:prod', half: true },
      ],
    },
  ],
};

const funnel: WidgetForm = {
  sections: [
    {
      title: 'Funnel',
      fields: [
        search('@type:view env:prod'),
        {
          kind: 'rows', path: 'requests.0.query.steps', label: 'Steps', help: 'In the order in which they are reached', add: 'Add step', make: () => ({ facet: '@view.name', value: '' }),
          fields: [
            { kind: 'text', path: 'facet', label: 'Field', mono: true, required: true, placeholder: '@view.name', half: true },
            { kind: 'text', path: 'value', label: 'Is', mono: true, required: true, placeholder: '/cart', half: true },
          ],
        },
        { kind: 'select', path: 'grouped_display', label: 'Groups', options: options(['', 'As one'], ['stacked', 'On each other'], ['side_by_side', 'Side by side']), fallback: '' },
      ],
    },
  ],
};

const isNetwork = (definition: unknown) => getAt(definition, REQUEST_TYPE) === 'netflow_sankey';
const isMode = (mode: string) => (definition: unknown) => !isNetwork(definition) && (getAt(definition, [...QUERY, 'mode']) ?? 'source') === mode;

const sankey: WidgetForm = {
  sections: [
    {
      title: 'Flows',
      fields: [
        search('@session.type:user'),
        { kind: 'select', path: 'requests.0.query.data_source', label: 'Of', options: options(['product_analytics', 'Product analytics'], ['rum', 'RUM']), fallback: 'product_analytics', half: true, when: (d) => !isNetwork(d) },
        { kind: 'select', path: 'requests.0.query.mode', label: 'Ways', options: options(['source', 'From a page'], ['target', 'To a page']), fallback: 'source', half: true, when: (d) => !isNetwork(d) },
        { kind: 'text', path: 'requests.0.query.source', label: 'Page', mono: true, placeholder: '/home', when: isMode('source') },
        { kind: 'text', path: 'requests.0.query.target', label: 'Page', mono: true, placeholder: '/checkout', when: isMode('target') },
        { kind: 'number', path: 'requests.0.query.number_of_steps', label: 'Steps', min: 1, placeholder: 'auto', half: true, when: (d) => !isNetwork(d) },
        { kind: 'number', path: 'requests.0.query.entries_per_step', label: 'Pages a step', min: 1, placeholder: 'auto', half: true, when: (d) => !isNetwork(d) },
        { kind: 'select', path: 'requests.0.query.data_source', label: 'Of', options: options(['network', 'Network'], ['network_device_flows', 'Network devices']), fallback: 'network', when: isNetwork },
        { kind: 'words', path: 'requests.0.query.group_by', label: 'From and to', placeholder: 'client_service, server_service', when: isNetwork },
        { kind: 'number', path: 'requests.0.query.limit', label: 'At most', min: 1, half: true, when: isNetwork },
        { kind: 'switch', path: 'requests.0.query.should_exclude_missing', label: 'Without what is unknown', fallback: false, when: isNetwork },
      ],
    },
    {
      title: 'Display',
      fields: [
        { kind: 'switch', path: 'show_other_links', label: 'The rest as one flow', fallback: true },
        { kind: 'switch', path: 'sort_nodes', label: 'Largest first', fallback: true },
      ],
    },
  ],
};

const SEARCH_OF = 'requests.0.query.search';

const who: Section = {
  title: 'People',
  fields: [
    { kind: 'text', path: `${SEARCH_OF}.cohort_criteria.base_query.search.query`, label: 'First came when', mono: true, required: true, placeholder: '@type:view @view.name:/signup' },
    { kind: 'select', path: `${SEARCH_OF}.cohort_criteria.time_interval.value.type`, label: 'Cohort of a', options: options('day', 'week', 'month'), fallback: 'week', half: true },
    { kind: 'select', path: `${SEARCH_OF}.retention_entity`, label: 'Counts', options: options(['@usr.id', 'People'], ['@account.id', 'Accounts']), fallback: '@usr.id', half: true },
  ],
};

const comesBack: Section = {
  title: 'Coming back',
  fields: [
    { kind: 'text', path: `${SEARCH_OF}.return_criteria.base_query.search.query`, label: 'Come back when', mono: true, required: true, placeholder: 'as they first came', when: hasReturn },
    { kind: 'select', path: `${SEARCH_OF}.return_condition`, label: 'Counted', options: options(['conversion_on', 'In that interval'], ['conversion_on_or_after', 'In it or later']), fallback: 'conversion_on' },
    { kind: 'select', path: 'requests.0.query.compute.metric', label: 'Shows', options: options(['__dd.retention_rate', 'Share of the cohort'], ['__dd.retention', 'Number']), fallback: '__dd.retention_rate' },
  ],
};

/** A request without it asks whether people come back the way they first came. */
function hasReturn(definition: unknown): boolean {
  return getAt(definition, [...QUERY, 'search', 'return_criteria']) !== undefined;
}

const cohort: WidgetForm = { sections: [who, comesBack] };
const retentionCurve: WidgetForm = { sections: [who, comesBack, { title: 'Style', fields: [palette('requests.0.style.palette')] }] };

const POINT_SOURCES = options(['logs', 'Logs'], ['spans', 'Spans'], ['rum', 'RUM']);
const DIMENSIONS = options(['time', 'Time'], ['y', 'Height'], ['group', 'Colour'], ['radius', 'Size']);

const pointPlot: WidgetForm = {
  sections: [
    {
      title: 'Points',
      fields: [
        { kind: 'select', path: 'requests.0.query.data_source', label: 'Source', options: POINT_SOURCES, fallback: 'logs' },
        search('service:checkout env:prod'),
        {
          kind: 'rows', path: 'requests.0.projection.dimensions', label: 'Drawn as', add: 'Add field', make: () => ({ column: '@duration', dimension: 'y' }),
          fields: [
            { kind: 'text', path: 'column', label: 'Field', mono: true, required: true, placeholder: '@duration', half: true },
            { kind: 'select', path: 'dimension', label: 'As', options: DIMENSIONS, fallback: 'y', half: true },
            { kind: 'text', path: 'alias', label: 'Name', placeholder: 'the field' },
          ],
        },
        { kind: 'number', path: 'requests.0.limit', label: 'At most', min: 1, placeholder: 'auto', half: true },
        { kind: 'select', path: 'legend.type', label: 'Legend', options: options(['automatic', 'Automatic'], 'none'), fallback: 'automatic', half: true },
      ],
    },
    axis('yaxis', 'Y axis'),
    MARKERS,
  ],
};

const wildcard: WidgetForm = {
  queries: { shape: 'scalar', requests: 'many', formulaFields: FORMULA_LIMIT },
  sections: [
    {
      title: 'Specification',
      fields: [
        { kind: 'select', path: 'specification.type', label: 'Language', options: options(['vega-lite', 'Vega-Lite'], ['vega', 'Vega']), fallback: 'vega-lite' },
        { kind: 'text', path: 'specification.contents.mark', label: 'Mark', mono: true, placeholder: 'bar, line, area, point, arc', help: 'The rest of the specification stands in the JSON', when: hasPlainMark },
      ],
    },
  ],
};

/** Marks with a look of their own are objects. */
function hasPlainMark(definition: unknown): boolean {
  const mark = getAt(definition, ['specification', 'contents', 'mark']);
  return mark === undefined ? getAt(definition, ['specification', 'contents', 'layer']) === undefined : typeof mark === 'string';
}

export const JOURNEY_FORMS: Readonly<Record<string, WidgetForm>> = {
  topology_map: topologyMap,
  funnel,
  sankey,
  cohort,
  retention_curve: retentionCurve,
  point_plot: pointPlot,
  wildcard,
};
