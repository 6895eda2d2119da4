/** Where data of a request comes from, and in which words to say that it is not there yet. */
import { bag, text, type Bag } from './json';

/** `data_source` of a query. Source: openapi core-v1, the `FormulaAndFunction…DataSource` enums. */
const SOURCES: Readonly<Record<string, string>> = {
  logs: 'logs',
  spans: 'traces',
  rum: 'sessions',
  events: 'event counts',
  security_signals: 'security signals',
  audit: 'the audit trail',
  profiles: 'profiles',
  network: 'network flows',
  network_device_flows: 'network flows',
  database_queries: 'database queries',
  ci_pipelines: 'CI pipelines',
  ci_tests: 'CI tests',
  incident_analytics: 'incidents',
  process: 'processes',
  container: 'containers',
  slo: 'SLOs',
  cloud_cost: 'cloud costs',
  apm_metrics: 'traces',
  apm_resource_stats: 'traces',
  apm_dependency_stats: 'traces',
  product_analytics: 'product analytics',
  product_analytics_extended: 'product analytics',
  user_journey: 'user journeys',
  synthetics_test_runs: 'synthetic tests',
  synthetics: 'synthetic tests',
};

/** Keys of requests from before formulas. */
const OLD_KEYS: Readonly<Record<string, string>> = {
  log_query: 'logs',
  apm_query: 'traces',
  apm_stats_query: 'traces',
  rum_query: 'sessions',
  event_query: 'event counts',
  security_query: 'security signals',
  audit_query: 'the audit trail',
  network_query: 'network flows',
  process_query: 'processes',
  profile_metrics_query: 'profiles',
};

export function sourceName(source: string): string {
  return SOURCES[source] ?? source.replaceAll('_', ' ');
}

/** What a request of the old form asks for beside metrics. */
export function oldSources(request: Bag): string[] {
  return Object.entries(OLD_KEYS).flatMap(([key, name]) => (Object.keys(bag(request[key])).length > 0 ? [name] : []));
}

/** The source of a query as definitions write it; `undefined` for metrics. */
export function missingSource(query: Bag): string | undefined {
  const source = text(query['data_source']) ?? 'metrics';
  return source === 'metrics' ? undefined : sourceName(source);
}
