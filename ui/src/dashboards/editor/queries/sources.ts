/** Where queries can get their data from. Source: openapi core-v1, the data sources of queries. */

/** Served now. */
export const METRICS = 'metrics';

/** Not served yet, and what they wait for. */
const WAITING: readonly (readonly [string, string])[] = [
  ['logs', 'Logs'],
  ['spans', 'Spans'],
  ['rum', 'RUM'],
  ['events', 'Event counts'],
  ['security_signals', 'Security signals'],
  ['audit', 'Audit trail'],
  ['process', 'Processes'],
  ['container', 'Containers'],
  ['apm_metrics', 'APM metrics'],
  ['slo', 'SLOs'],
  ['network', 'Network flows'],
  ['profiles', 'Profiles'],
  ['ci_pipelines', 'CI pipelines'],
  ['ci_tests', 'CI tests'],
  ['database_queries', 'Database queries'],
  ['cloud_cost', 'Cloud costs'],
];

export interface Source {
  value: string;
  label: string;
  /** Why it cannot be chosen. */
  waits?: string;
}

export const SOURCES: readonly Source[] = [{ value: METRICS, label: 'Metrics' }, ...WAITING.map(([value, label]) => ({ value, label, waits: `waits for ${label === 'RUM' ? 'RUM' : label.toLowerCase()}` }))];

export function sourceName(value: string): string {
  return SOURCES.find((source) => source.value === value)?.label ?? value.replaceAll('_', ' ');
}
