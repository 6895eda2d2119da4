/** Forms of notes, groups, lists and health. Source of keys and values: openapi core-v1, widget definitions. */
import { options, type Field, type WidgetForm } from './field';
import { ALIGN } from './parts';

const PAPERS = options('white', 'gray', 'blue', 'green', 'yellow', 'orange', 'pink', 'purple', ['transparent', 'None']);
const VERTICAL = options('top', 'center', 'bottom');
const SEARCH: Field = { kind: 'text', path: 'query', label: 'Search', mono: true, required: true, placeholder: 'source:deploy env:prod' };
const ALL_OF: Field = { kind: 'select', path: 'tags_execution', label: 'Tags', options: options(['and', 'All of them'], ['or', 'Any of them']), fallback: 'and' };

const note: WidgetForm = {
  sections: [
    { title: 'Text', fields: [{ kind: 'text', path: 'content', label: 'Markdown', lines: 14, required: true, help: 'Headings, lists, tables, links, images, code; $variables are filled in' }] },
    {
      title: 'Paper',
      fields: [
        { kind: 'select', path: 'background_color', label: 'Colour', options: PAPERS, fallback: 'yellow', half: true },
        { kind: 'text', path: 'font_size', label: 'Size of the text', placeholder: '14', half: true },
        { kind: 'select', path: 'text_align', label: 'Align', options: ALIGN, fallback: 'left', half: true },
        { kind: 'select', path: 'vertical_align', label: 'Stands', options: VERTICAL, fallback: 'top', half: true },
        { kind: 'switch', path: 'has_padding', label: 'Margin around the text', fallback: true },
        { kind: 'switch', path: 'show_tick', label: 'Pointer at an edge', fallback: false },
        { kind: 'select', path: 'tick_edge', label: 'Edge', options: options('left', 'right', 'top', 'bottom'), fallback: 'left', half: true, when: (d) => d['show_tick'] === true },
        { kind: 'text', path: 'tick_pos', label: 'At', placeholder: '50%', half: true, when: (d) => d['show_tick'] === true },
      ],
    },
  ],
};

const freeText: WidgetForm = {
  sections: [
    {
      title: 'Text',
      fields: [
        { kind: 'text', path: 'text', label: 'Text', lines: 3, required: true },
        { kind: 'text', path: 'color', label: 'Colour', placeholder: '#4d4d4d', half: true },
        { kind: 'text', path: 'font_size', label: 'Size', placeholder: 'auto', half: true },
        { kind: 'select', path: 'text_align', label: 'Align', options: ALIGN, fallback: 'left' },
      ],
    },
  ],
};

const image: WidgetForm = {
  sections: [
    {
      title: 'Image',
      fields: [
        { kind: 'text', path: 'url', label: 'Address', mono: true, required: true, placeholder: 'https://…' },
        { kind: 'text', path: 'url_dark_theme', label: 'Address for the dark theme', mono: true, placeholder: 'the same' },
        { kind: 'select', path: 'sizing', label: 'Fits', options: options(['contain', 'All of it'], ['cover', 'Fills, cut off'], ['fill', 'Fills, stretched'], ['none', 'Own size'], ['scale-down', 'Own size at most']), fallback: 'fill' },
        { kind: 'select', path: 'margin', label: 'Margin', options: options(['sm', 'Small'], ['md', 'Medium'], ['lg', 'Large']), fallback: 'md', half: true },
        { kind: 'select', path: 'horizontal_align', label: 'Across', options: ALIGN, fallback: 'center', half: true },
        { kind: 'select', path: 'vertical_align', label: 'Down', options: VERTICAL, fallback: 'center', half: true },
        { kind: 'switch', path: 'has_background', label: 'Background', fallback: true },
        { kind: 'switch', path: 'has_border', label: 'Edge', fallback: true },
      ],
    },
  ],
};

const iframe: WidgetForm = {
  sections: [{ title: 'Page', fields: [{ kind: 'text', path: 'url', label: 'Address', mono: true, required: true, placeholder: 'https://…', help: 'It runs in a box of its own and sees nothing of this page' }] }],
};

const GROUP_PAPERS = options(['', 'None'], ['vivid_blue', 'Blue'], ['vivid_purple', 'Purple'], ['vivid_pink', 'Pink'], ['vivid_orange', 'Orange'], ['vivid_yellow', 'Yellow'], ['vivid_green', 'Green'], 'white', 'gray', ['blue', 'Pale blue'], ['purple', 'Pale purple'], ['pink', 'Pale pink'], ['orange', 'Pale orange'], ['yellow', 'Pale yellow'], ['green', 'Pale green']);

const group: WidgetForm = {
  sections: [
    {
      title: 'Group',
      fields: [
        { kind: 'text', path: 'title', label: 'Title', required: true },
        { kind: 'switch', path: 'show_title', label: 'Show the title', fallback: true },
        { kind: 'select', path: 'background_color', label: 'Colour', options: GROUP_PAPERS, fallback: '' },
        { kind: 'text', path: 'banner_img', label: 'Picture over it', mono: true, placeholder: 'https://…' },
      ],
    },
  ],
};

const powerpack: WidgetForm = {
  sections: [
    {
      title: 'Powerpack',
      fields: [
        { kind: 'text', path: 'powerpack_id', label: 'Id', mono: true, required: true },
        { kind: 'text', path: 'title', label: 'Title', placeholder: 'its own' },
        { kind: 'switch', path: 'show_title', label: 'Show the title', fallback: true },
        { kind: 'select', path: 'background_color', label: 'Colour', options: GROUP_PAPERS, fallback: '' },
        { kind: 'text', path: 'banner_img', label: 'Picture over it', mono: true, placeholder: 'https://…' },
      ],
    },
  ],
};

const eventStream: WidgetForm = { sections: [{ title: 'Events', fields: [SEARCH, ALL_OF, { kind: 'select', path: 'event_size', label: 'Rows', options: options(['s', 'Small'], ['l', 'Large']), fallback: 's' }] }] };
const eventTimeline: WidgetForm = { sections: [{ title: 'Events', fields: [SEARCH, ALL_OF] }] };

const logStream: WidgetForm = {
  sections: [
    {
      title: 'Logs',
      fields: [
        SEARCH,
        { kind: 'words', path: 'indexes', label: 'Indexes', placeholder: 'all' },
        { kind: 'words', path: 'columns', label: 'Columns', placeholder: 'host, service' },
        { kind: 'switch', path: 'show_date_column', label: 'Show the time', fallback: true },
        { kind: 'switch', path: 'show_message_column', label: 'Show the message', fallback: true },
        { kind: 'select', path: 'message_display', label: 'Message', options: options(['inline', 'One line'], ['expanded-md', 'Three lines'], ['expanded-lg', 'Ten lines']), fallback: 'inline' },
        { kind: 'select', path: 'sort.order', label: 'Order', options: options(['desc', 'Newest first'], ['asc', 'Oldest first']), fallback: 'desc' },
      ],
    },
  ],
};

const SOURCES = options(['event_stream', 'Events'], ['logs_stream', 'Logs'], ['audit_stream', 'Audit trail'], ['rum_stream', 'RUM'], ['trace_stream', 'Traces'], ['apm_issue_stream', 'APM issues'], ['rum_issue_stream', 'RUM issues'], ['logs_issue_stream', 'Log issues'], ['logs_pattern_stream', 'Log patterns'], ['logs_transaction_stream', 'Log transactions'], ['ci_pipeline_stream', 'CI pipelines'], ['ci_test_stream', 'CI tests'], ['llm_observability_stream', 'LLM observability']);

const listStream: WidgetForm = {
  sections: [
    {
      title: 'List',
      fields: [
        { kind: 'select', path: 'requests.0.query.data_source', label: 'Source', options: SOURCES, fallback: 'event_stream' },
        { kind: 'text', path: 'requests.0.query.query_string', label: 'Search', mono: true, required: true },
        { kind: 'select', path: 'requests.0.query.event_size', label: 'Rows', options: options(['s', 'Small'], ['l', 'Large']), fallback: 's', when: (d) => JSON.stringify(d['requests'] ?? '').includes('"event_stream"') },
        {
          kind: 'rows', path: 'requests.0.columns', label: 'Columns', add: 'Add column', make: () => ({ field: 'service', width: 'auto' }),
          fields: [
            { kind: 'text', path: 'field', label: 'Field', mono: true, required: true, half: true },
            { kind: 'select', path: 'width', label: 'Width', options: options(['auto', 'As it needs'], ['compact', 'Narrow'], ['full', 'The rest']), fallback: 'auto', half: true },
          ],
        },
      ],
    },
  ],
};

const checkStatus: WidgetForm = {
  sections: [
    {
      title: 'Check',
      fields: [
        { kind: 'text', path: 'check', label: 'Check', mono: true, required: true, placeholder: 'datadog.agent.up' },
        { kind: 'select', path: 'grouping', label: 'Reports', options: options(['check', 'One check'], ['cluster', 'A group of checks']), fallback: 'check' },
        { kind: 'text', path: 'group', label: 'Of', mono: true, placeholder: 'host:web-1', when: (d) => d['grouping'] !== 'cluster' },
        { kind: 'words', path: 'group_by', label: 'Group by', placeholder: 'host', when: (d) => d['grouping'] === 'cluster' },
        { kind: 'words', path: 'tags', label: 'Only with', placeholder: '*' },
      ],
    },
  ],
};

const manageStatus: WidgetForm = {
  sections: [
    {
      title: 'Monitors',
      fields: [
        SEARCH,
        { kind: 'select', path: 'summary_type', label: 'Counts', options: options('monitors', 'groups', ['combined', 'Both']), fallback: 'monitors', half: true },
        { kind: 'select', path: 'display_format', label: 'Shows', options: options('counts', ['countsAndList', 'Counts and list'], 'list'), fallback: 'counts', half: true },
        { kind: 'select', path: 'sort', label: 'Sort', options: options(['status,asc', 'Status'], ['name,asc', 'Name'], ['triggered,desc', 'Last triggered'], ['priority,asc', 'Priority'], ['group,asc', 'Group'], ['tags,asc', 'Tags']), fallback: 'status,asc', half: true },
        { kind: 'select', path: 'color_preference', label: 'Colour of the', options: options('text', 'background'), fallback: 'text', half: true },
        { kind: 'switch', path: 'hide_zero_counts', label: 'Hide what counts nothing', fallback: true },
        { kind: 'switch', path: 'show_last_triggered', label: 'When it was last triggered', fallback: false },
        { kind: 'switch', path: 'show_priority', label: 'Priority', fallback: false },
      ],
    },
  ],
};

const ALERT: Field = { kind: 'text', path: 'alert_id', label: 'Id of the monitor', mono: true, required: true };
const alertGraph: WidgetForm = { sections: [{ title: 'Monitor', fields: [ALERT, { kind: 'select', path: 'viz_type', label: 'Shows', options: options('timeseries', ['toplist', 'Top list']), fallback: 'timeseries' }] }] };
const alertValue: WidgetForm = {
  sections: [
    {
      title: 'Monitor',
      fields: [
        ALERT,
        { kind: 'number', path: 'precision', label: 'Decimals', min: 0, max: 10, placeholder: '2', half: true },
        { kind: 'text', path: 'unit', label: 'Unit', placeholder: 'auto', half: true },
        { kind: 'select', path: 'text_align', label: 'Align', options: ALIGN, fallback: 'left' },
      ],
    },
  ],
};

const slo: WidgetForm = {
  sections: [
    {
      title: 'SLO',
      fields: [
        { kind: 'text', path: 'slo_id', label: 'Id', mono: true, required: true },
        { kind: 'checks', path: 'time_windows', label: 'Windows', options: options(['7d', '7 days'], ['30d', '30 days'], ['90d', '90 days'], ['week_to_date', 'Week to date'], ['previous_week', 'Previous week'], ['month_to_date', 'Month to date'], ['previous_month', 'Previous month'], ['global_time', 'The page’s time']), fallback: [] },
        { kind: 'select', path: 'view_mode', label: 'Shows', options: options('overall', ['component', 'Each group'], 'both'), fallback: 'overall' },
        { kind: 'switch', path: 'show_error_budget', label: 'Error budget', fallback: true },
      ],
    },
  ],
};

const sloList: WidgetForm = {
  sections: [
    {
      title: 'SLOs',
      fields: [
        { kind: 'text', path: 'requests.0.query.query_string', label: 'Search', mono: true, required: true, placeholder: 'env:prod AND service:web' },
        { kind: 'number', path: 'requests.0.query.limit', label: 'At most', min: 1, max: 100, placeholder: '100' },
      ],
    },
  ],
};

const traceService: WidgetForm = {
  sections: [
    {
      title: 'Service',
      fields: [
        { kind: 'text', path: 'service', label: 'Service', mono: true, required: true },
        { kind: 'text', path: 'env', label: 'Environment', mono: true, required: true, half: true },
        { kind: 'text', path: 'span_name', label: 'Operation', mono: true, required: true, half: true },
        { kind: 'select', path: 'display_format', label: 'Columns', options: options(['one_column', 'One'], ['two_column', 'Two'], ['three_column', 'Three']), fallback: 'two_column', half: true },
        { kind: 'select', path: 'size_format', label: 'Size', options: options('small', 'medium', 'large'), fallback: 'medium', half: true },
        ...(['hits', 'errors', 'latency', 'breakdown', 'distribution', 'resource_list'] as const).map((part): Field => ({ kind: 'switch', path: `show_${part}`, label: part.charAt(0).toUpperCase() + part.slice(1).replace('_', ' '), fallback: false })),
      ],
    },
  ],
};

const serviceMap: WidgetForm = {
  sections: [{ title: 'Service map', fields: [{ kind: 'text', path: 'service', label: 'Service', mono: true, required: true }, { kind: 'words', path: 'filters', label: 'Only with', placeholder: 'env:prod' }] }],
};

const runWorkflow: WidgetForm = {
  sections: [
    {
      title: 'Workflow',
      fields: [
        { kind: 'text', path: 'workflow_id', label: 'Id', mono: true, required: true },
        {
          kind: 'rows', path: 'inputs', label: 'Inputs', add: 'Add input', make: () => ({ name: '', value: '' }),
          fields: [
            { kind: 'text', path: 'name', label: 'Name', mono: true, required: true, half: true },
            { kind: 'text', path: 'value', label: 'Value', mono: true, required: true, half: true },
          ],
        },
      ],
    },
  ],
};

export const OTHER_FORMS: Readonly<Record<string, WidgetForm>> = {
  note,
  free_text: freeText,
  image,
  iframe,
  group,
  powerpack,
  event_stream: eventStream,
  event_timeline: eventTimeline,
  log_stream: logStream,
  list_stream: listStream,
  check_status: checkStatus,
  manage_status: manageStatus,
  alert_graph: alertGraph,
  alert_value: alertValue,
  slo,
  slo_list: sloList,
  trace_service: traceService,
  servicemap: serviceMap,
  run_workflow: runWorkflow,
};
