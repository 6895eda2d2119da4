/** What a widget waits for, in a line: by its kind, or by the source of its data. */
import type { WidgetDefinition } from '../../dashboards/model';
import { bag, list, text } from '../parts/read';

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
  topology_map: () => ({ title: 'Topology map', text: 'Waits for traces and network flows: this server does not store them yet.' }),
  funnel: () => ({ title: 'Funnel', text: RUM }),
  sankey: () => ({ title: 'Flows', text: RUM }),
  cohort: () => ({ title: 'Retention by cohort', text: RUM }),
  retention_curve: () => ({ title: 'Retention', text: RUM }),
  run_workflow: () => ({ title: 'Run workflow', text: 'Waits for workflows: this server does not run any yet.' }),
  wildcard: () => ({ title: 'Vega-Lite', text: 'Waits for a Vega-Lite renderer: the specification is kept as it is.' }),
};

export const WAITING_TYPES: readonly string[] = Object.keys(KINDS);

export function waitOf(definition: WidgetDefinition): Wait {
  const known = Object.hasOwn(KINDS, definition.type) ? KINDS[definition.type] : undefined;
  return known?.(definition) ?? { title: definition.type, text: 'Nothing here draws widgets of this type. The definition is kept as it is.' };
}

/** What lists of a source wait for; undefined for those that are drawn. */
export function listWait(definition: WidgetDefinition): Wait | undefined {
  if (definition.type === 'log_stream') return { title: 'Logs', text: waitText('logs') };
  const source = text(bag(bag(list(definition['requests'])[0])['query'])['data_source'], 'logs_stream');
  if (source === 'event_stream') return undefined;
  const noun = SOURCES[source] ?? source.replaceAll('_', ' ');
  return { title: noun.charAt(0).toUpperCase() + noun.slice(1), text: waitText(noun) };
}

const waitText = (noun: string): string => `Waits for ${noun}: this server does not store them yet.`.replace('the audit trail: this server does not store them yet', 'the audit trail: it cannot be searched here yet');
