/**
 * The built-in graphs over `system.*`, for one host and for any scope. Each is drawn only from the
 * metrics that report; one without any is left out.
 */
import type { NamedQuery } from '../../../api/timeseries';
import type { ChartKind } from '../../../charts';
import { UNITS, type UnitPair } from '../../../charts/units';

interface Line {
  label: string;
  /** Metrics by the formula's letters. */
  metrics: Record<string, string>;
  /** Without one the only metric as it is. */
  formula?: string;
}

interface Definition {
  id: string;
  title: string;
  kind: ChartKind;
  unit: UnitPair;
  aggregate: 'avg' | 'sum' | 'max';
  /** Tags that divide each line. */
  by?: string;
  lines: Line[];
}

/** Agents send memory in MiB. */
const MIB = 1_048_576;
/** And disks in KiB. */
const KIB = 1024;

const one = (label: string, metric: string, formula?: string): Line => ({ label, metrics: { a: metric }, ...(formula ? { formula } : {}) });

const DEFINITIONS: readonly Definition[] = [
  {
    id: 'cpu',
    title: 'CPU',
    kind: 'area',
    unit: UNITS.percent,
    aggregate: 'avg',
    lines: [
      one('user', 'system.cpu.user'),
      one('system', 'system.cpu.system'),
      one('I/O wait', 'system.cpu.iowait'),
      one('stolen', 'system.cpu.stolen'),
      one('guest', 'system.cpu.guest'),
    ],
  },
  {
    id: 'load',
    title: 'Load',
    kind: 'line',
    unit: null,
    aggregate: 'avg',
    lines: [one('1 min', 'system.load.1'), one('5 min', 'system.load.5'), one('15 min', 'system.load.15')],
  },
  {
    id: 'memory',
    title: 'Memory',
    kind: 'line',
    unit: UNITS.byte,
    aggregate: 'sum',
    lines: [
      { label: 'used', metrics: { a: 'system.mem.total', b: 'system.mem.usable' }, formula: `(a - b) * ${MIB}` },
      one('total', 'system.mem.total', `a * ${MIB}`),
    ],
  },
  {
    id: 'disk',
    title: 'Disk space used',
    kind: 'line',
    unit: UNITS.percent,
    aggregate: 'max',
    by: 'device',
    lines: [one('', 'system.disk.in_use', 'a * 100')],
  },
  {
    id: 'network',
    title: 'Network',
    kind: 'line',
    unit: UNITS.bytePerSecond,
    aggregate: 'sum',
    lines: [one('received', 'system.net.bytes_rcvd'), one('sent', 'system.net.bytes_sent')],
  },
  {
    id: 'io',
    title: 'Disk throughput',
    kind: 'line',
    unit: UNITS.bytePerSecond,
    aggregate: 'sum',
    lines: [one('read', 'system.io.rkb_s', `a * ${KIB}`), one('written', 'system.io.wkb_s', `a * ${KIB}`)],
  },
  {
    id: 'busy',
    title: 'Disk busy',
    kind: 'line',
    unit: UNITS.percent,
    aggregate: 'max',
    by: 'device',
    lines: [one('', 'system.io.util')],
  },
  {
    id: 'swap',
    title: 'Swap',
    kind: 'line',
    unit: UNITS.byte,
    aggregate: 'sum',
    lines: [one('used', 'system.swap.used', `a * ${MIB}`), one('total', 'system.swap.total', `a * ${MIB}`)],
  },
];

export interface BuiltinGraph {
  id: string;
  title: string;
  kind: ChartKind;
  unit: UnitPair;
  queries: NamedQuery[];
  formulas: string[];
  /** Of each formula: its name, empty where tags name the lines, and its place in the palette. */
  lines: { label: string; color: number }[];
}

/** Names of queries in order: `a`, `b`, … */
function letter(at: number): string {
  return String.fromCharCode(97 + at);
}

function build({ id, title, kind, unit, aggregate, by, lines }: Definition, scope: string): BuiltinGraph {
  const queries: NamedQuery[] = [];
  // Stacks are drawn from the top: what is named first lies at the bottom.
  const drawn = kind === 'area' ? [...lines].reverse() : lines;
  const formulas = drawn.map(({ metrics, formula = 'a' }) => {
    const names = new Map<string, string>();
    for (const [own, metric] of Object.entries(metrics)) {
      const query = `${aggregate}:${metric}{${scope}}${by ? ` by {${by}}` : ''}`;
      const known = queries.find((other) => other.query === query);
      const name = known?.name ?? letter(queries.length);
      if (!known) queries.push({ name, query });
      names.set(own, name);
    }
    return formula.replace(/\b[a-z]\b/g, (own) => names.get(own) ?? own);
  });
  return { id, title, kind, unit, queries, formulas, lines: drawn.map((line) => ({ label: line.label, color: lines.indexOf(line) })) };
}

/** The graphs that have data, of a scope such as `host:web-1` or `*`. */
export function builtinGraphs(active: readonly string[], scope: string): BuiltinGraph[] {
  const known = new Set(active);
  return DEFINITIONS.flatMap((definition) => {
    const lines = definition.lines.filter(({ metrics }) => Object.values(metrics).every((metric) => known.has(metric)));
    return lines.length === 0 ? [] : [build({ ...definition, lines }, scope)];
  });
}
