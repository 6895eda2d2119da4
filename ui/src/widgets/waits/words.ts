/** What a widget waits for, in a line: by its kind, or by the source of its data. */
import type { WidgetDefinition } from '../../dashboards/model';
import { bag, list, text, texts } from '../parts/read';

export interface Wait {
  title: string;
  text: string;
}

/** Sources of lists. Source: openapi core-v1, `ListStreamSource`. */
const SOURCES: Readonly<Record<string, string>> = {
  logs_stream: 'logs',
  logs_pattern_stream: 'log patterns',
  logs_transaction_stream: 'log transactions',
  logs_issue_stream: 'error tracking of logs',
  audit_stream: 'the audit trail',
  ci_pipeline_stream: 'CI pipelines',
  ci_test_stream: 'CI tests',
  rum_stream: 'RUM',
  rum_issue_stream: 'error tracking of RUM',
  apm_issue_stream: 'error tracking of traces',
  trace_stream: 'traces',
  issue_stream: 'error tracking',
  llm_observability_stream: 'LLM traces',
  security_runtime_stream: 'runtime security',
  security_signals_stream: 'security signals',
  incidents_stream: 'incidents',
};

const MONITORS = 'Waits for monitors: this server does not evaluate any yet.';
const SLOS = 'Waits for service level objectives: this server does not keep any yet.';
const TRACES = 'Waits for traces: this server does not store spans yet.';
const RUM = 'Waits for RUM: this server does not store sessions yet.';

const SESSIONS = 'Waits for sessions (RUM, product analytics): this server does not store them yet.';

const queryOf = (definition: WidgetDefinition) => bag(bag(list(definition['requests'])[0])['query']);

function topologyWait(definition: WidgetDefinition): Wait {
  const query = queryOf(definition);
  const around = text(query['query_string']) || text(query['service']);
  if (query['data_source'] === 'data_streams') return { title: NAMED('Data streams of', around).replace(/ of$/, ''), text: 'Waits for data streams: this server does not store checkpoints of queues yet.' };
  return { title: around === '' ? 'Map of all services' : `Map around ${around}`, text: TRACES };
}

const STEPS_SHOWN = 4;

function funnelWait(definition: WidgetDefinition): Wait {
  const steps = list(queryOf(definition)['steps']).map((step) => text(bag(step)['value'])).filter((value) => value !== '');
  const title = steps.length === 0 ? 'Funnel without steps' : `${steps.slice(0, STEPS_SHOWN).join(' → ')}${steps.length > STEPS_SHOWN ? ' → …' : ''}`;
  return { title, text: steps.length === 0 ? `${RUM} Its steps are named in the editor.` : RUM };
}

function sankeyWait(definition: WidgetDefinition): Wait {
  const query = queryOf(definition);
  if (text(bag(list(definition['requests'])[0])['request_type']) === 'netflow_sankey') return { title: texts(query['group_by']).join(' → ') || 'Network flows', text: 'Waits for network flows: this server does not store them yet.' };
  const isTarget = query['mode'] === 'target';
  return { title: NAMED(isTarget ? 'Ways to' : 'Ways from', isTarget ? query['target'] : query['source']).replace(/^(Ways) \w+$/, '$1 of people'), text: SESSIONS };
}

const INTERVALS: Readonly<Record<string, string>> = { day: 'Daily', week: 'Weekly', month: 'Monthly', quarter: 'Quarterly', year: 'Yearly' };

/** How wide a cohort is. */
function intervalOf(definition: WidgetDefinition): string {
  const criteria = bag(bag(queryOf(definition)['search'])['cohort_criteria']);
  return text(bag(bag(criteria['time_interval'])['value'])['type'], 'week');
}

const POINT_NOUNS: Readonly<Record<string, string>> = { logs: 'logs', spans: 'traces', rum: 'sessions', product_analytics: 'sessions', network: 'network flows' };

function pointsWait(definition: WidgetDefinition): Wait {
  const source = text(queryOf(definition)['data_source'], 'logs');
  const noun = POINT_NOUNS[source] ?? source.replaceAll('_', ' ');
  const drawn = list(bag(bag(list(definition['requests'])[0])['projection'])['dimensions']).map(bag).find((one) => one['dimension'] === 'y');
  return { title: drawn ? `${text(drawn['alias']) || text(drawn['column'])} of single ${noun}` : 'Points', text: `Waits for ${noun}: this server does not store them one by one yet.` };
}

const NAMED = (word: string, name: unknown): string => (text(name) === '' ? word : `${word} ${text(name)}`);

/** For each kind whose data arrives with later versions. */
const KINDS: Readonly<Record<string, (definition: WidgetDefinition) => Wait>> = {
  alert_graph: (definition) => ({ title: NAMED('Graph of monitor', definition['alert_id']), text: MONITORS }),
  alert_value: (definition) => ({ title: NAMED('Value of monitor', definition['alert_id']), text: MONITORS }),
  manage_status: (definition) => ({ title: text(definition['query']) || 'All monitors', text: MONITORS }),
  slo: (definition) => ({ title: NAMED('SLO', definition['slo_id']), text: SLOS }),
  slo_list: () => ({ title: 'SLOs', text: SLOS }),
  trace_service: (definition) => ({ title: NAMED('Service', definition['service']), text: TRACES }),
  servicemap: (definition) => ({ title: NAMED('Map around', definition['service']), text: TRACES }),
  topology_map: topologyWait,
  funnel: funnelWait,
  sankey: sankeyWait,
  cohort: (definition) => ({ title: `${INTERVALS[intervalOf(definition)] ?? 'Retention by'} cohorts`, text: SESSIONS }),
  retention_curve: (definition) => ({ title: `Who stays, by ${intervalOf(definition)}`, text: SESSIONS }),
  point_plot: pointsWait,
  run_workflow: () => ({ title: 'Run workflow', text: 'Waits for workflows: this server does not run any yet.' }),
};

export const WAITING_TYPES: readonly string[] = Object.keys(KINDS);

export function waitOf(definition: WidgetDefinition): Wait {
  const known = Object.hasOwn(KINDS, definition.type) ? KINDS[definition.type] : undefined;
  return known?.(definition) ?? { title: definition.type, text: 'Nothing here draws widgets of this type. The definition is kept as it is.' };
}

/** What a source of lists holds. */
export function listNoun(source: string): string {
  return (Object.hasOwn(SOURCES, source) ? SOURCES[source] : undefined) ?? source.replaceAll('_', ' ');
}

/** What lists of a source wait for; undefined for those that are drawn. */
export function listWait(definition: WidgetDefinition): Wait | undefined {
  if (definition.type === 'log_stream') return { title: 'Logs', text: waitText('logs') };
  const source = text(bag(bag(list(definition['requests'])[0])['query'])['data_source'], 'logs_stream');
  if (source === 'event_stream') return undefined;
  const noun = listNoun(source);
  return { title: noun.charAt(0).toUpperCase() + noun.slice(1), text: waitText(noun) };
}

const waitText = (noun: string): string => `Waits for ${noun}: this server does not store them yet.`.replace('the audit trail: this server does not store them yet', 'the audit trail: it cannot be searched here yet');
