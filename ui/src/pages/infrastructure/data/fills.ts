/**
 * What a hexagon can be filled or sized by: a few ready-made measures, or any metric as
 * `avg:system.load.1`. In the address it stands as Datadog writes it.
 */
import { UNITS, type UnitPair } from '../../../charts/units';
import type { Over, ValueSpec } from './values';

export interface Measure {
  /** As in the address. */
  id: string;
  label: string;
  spec: ValueSpec;
  /** Known beforehand; otherwise the metric's own. */
  unit?: UnitPair;
  /** Ends of its scale, where it has natural ones. */
  domain?: [number, number];
}

interface Ready {
  id: string;
  label: string;
  queries: Record<string, string>;
  formula: string;
  /** All must report for it to be offered. */
  metrics: string[];
  unit: UnitPair;
  domain?: [number, number];
}

const PERCENT: [number, number] = [0, 100];

const READY: readonly Ready[] = [
  { id: 'cpuutilization', label: 'CPU used', metrics: ['system.cpu.idle'], queries: { a: 'system.cpu.idle' }, formula: '100 - a', unit: UNITS.percent, domain: PERCENT },
  { id: 'memoryused', label: 'Memory used', metrics: ['system.mem.pct_usable'], queries: { a: 'system.mem.pct_usable' }, formula: '100 - 100 * a', unit: UNITS.percent, domain: PERCENT },
  { id: 'loadpercore', label: 'Load per core', metrics: ['system.load.norm.1'], queries: { a: 'system.load.norm.1' }, formula: 'a', unit: null, domain: [0, 1] },
  { id: 'iowait', label: 'I/O wait', metrics: ['system.cpu.iowait'], queries: { a: 'system.cpu.iowait' }, formula: 'a', unit: UNITS.percent },
  { id: 'networkin', label: 'Network received', metrics: ['system.net.bytes_rcvd'], queries: { a: 'system.net.bytes_rcvd' }, formula: 'a', unit: UNITS.bytePerSecond },
  { id: 'networkout', label: 'Network sent', metrics: ['system.net.bytes_sent'], queries: { a: 'system.net.bytes_sent' }, formula: 'a', unit: UNITS.bytePerSecond },
  { id: 'memorytotal', label: 'Memory size', metrics: ['system.mem.total'], queries: { a: 'system.mem.total' }, formula: 'a * 1048576', unit: UNITS.byte },
];

export const AGGREGATES = ['avg', 'max', 'min', 'sum'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

const METRIC = /^[a-z][a-z0-9_.]{0,199}$/i;

function build(ready: Ready, aggregate: Aggregate, newest: boolean): Measure {
  const queries = Object.fromEntries(Object.entries(ready.queries).map(([name, metric]) => [name, `${spaceOf(ready, aggregate)}:${metric}{*} by {host}`]));
  return {
    id: `${aggregate}:${ready.id}`,
    label: ready.label,
    spec: { queries, formula: ready.formula, over: overOf(aggregate, newest) },
    unit: ready.unit,
    ...(ready.domain ? { domain: ready.domain } : {}),
  };
}

/** A host sends network counters for each interface: those add up. */
function spaceOf(ready: Ready, aggregate: Aggregate): Aggregate {
  return ready.id.startsWith('network') ? 'sum' : aggregate;
}

/** Sums add a host's series up, and are averaged over the time like the rest. */
function overOf(aggregate: Aggregate, newest: boolean): Over {
  if (newest) return 'last';
  return aggregate === 'sum' ? 'avg' : aggregate;
}

/** Those whose metrics report. */
export function readyMeasures(active: readonly string[]): { id: string; label: string }[] {
  const known = new Set(active);
  return READY.filter(({ metrics }) => metrics.every((metric) => known.has(metric))).map(({ id, label }) => ({ id, label }));
}

/** `avg:cpuutilization`, `max:system.load.1`; undefined when it is not a measure. */
export function measureOf(text: string, newest: boolean): Measure | undefined {
  const colon = text.indexOf(':');
  const aggregate = AGGREGATES.find((name) => name === text.slice(0, colon));
  const what = text.slice(colon + 1);
  if (!aggregate || !METRIC.test(what)) return undefined;
  const ready = READY.find(({ id }) => id === what);
  if (ready) return build(ready, aggregate, newest);
  const spec: ValueSpec = { queries: { a: `${aggregate}:${what}{*} by {host}` }, formula: 'a', over: overOf(aggregate, newest) };
  return { id: text, label: what, spec };
}

/** The metric, where the measure is one: for links to the explorer. */
export function explorerQuery(measure: Measure, scope: string): Record<string, string> {
  const scoped = Object.entries(measure.spec.queries).map(([name, query]) => [name, query.replace('{*}', `{${scope}}`)]);
  return Object.fromEntries(scoped) as Record<string, string>;
}

/** What the map shows until someone chooses: CPU as far as it is known, then whatever there is. */
export function defaultFill(active: readonly string[]): string | undefined {
  const known = new Set(active);
  if (known.has('system.cpu.idle')) return 'avg:cpuutilization';
  const wished = ['system.cpu.user', 'system.load.1', 'system.mem.pct_usable'].find((metric) => known.has(metric));
  const metric = wished ?? active.find((name) => name.startsWith('system.')) ?? active[0];
  return metric === undefined ? undefined : `avg:${metric}`;
}
