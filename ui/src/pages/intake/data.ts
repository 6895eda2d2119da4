/** What became of everything that was sent here: `/api/procyon/intake`. */
import { useQuery } from '@tanstack/react-query';

import { api } from '../../api';

export type OutcomeName = 'accepted' | 'filtered' | 'rate_limited' | 'invalid' | 'discarded' | 'dropped';

export interface OutcomeRow {
  outcome: string;
  /** Empty for accepted. */
  reason: string;
  /** Points, events, checks …; a payload that was refused as a whole counts one. */
  count: number;
  /** Unix milliseconds. */
  last_seen: number;
  sample?: { message: string; payload: string };
}

export interface IntakeAnswer {
  /** Unix milliseconds from which on was counted: when the server started. */
  since?: number;
  panics?: number;
  routes: { route: string; outcomes: OutcomeRow[] }[];
}

/** One route as the table shows it. */
export interface RouteRow {
  route: string;
  what: string;
  accepted: number;
  lastAccepted: number | undefined;
  refused: number;
  lastRefused: number | undefined;
  discarded: number;
  lastDiscarded: number | undefined;
  /** What was not accepted, the last first. */
  problems: OutcomeRow[];
}

/** How often the page asks anew. */
export const EVERY_MS = 5000;

export function useIntake(everyMs: number | false = EVERY_MS) {
  return useQuery({
    queryKey: ['intake'],
    queryFn: ({ signal }) => api.get<IntakeAnswer>('/api/procyon/intake', undefined, signal),
    refetchInterval: everyMs,
    staleTime: 1000,
  });
}

export function rowsOf(answer: IntakeAnswer): RouteRow[] {
  return answer.routes.map(({ route, outcomes }) => {
    const accepted = outcomes.filter(({ outcome }) => outcome === 'accepted');
    const discarded = outcomes.filter(({ outcome }) => outcome === 'discarded');
    const refused = outcomes.filter(({ outcome }) => outcome !== 'accepted' && outcome !== 'discarded');
    return {
      route,
      what: whatOf(route),
      accepted: sum(accepted),
      lastAccepted: last(accepted),
      refused: sum(refused),
      lastRefused: last(refused),
      discarded: sum(discarded),
      lastDiscarded: last(discarded),
      problems: [...refused, ...discarded].sort((a, b) => b.last_seen - a.last_seen),
    };
  });
}

const sum = (rows: readonly OutcomeRow[]) => rows.reduce((n, row) => n + row.count, 0);
const last = (rows: readonly OutcomeRow[]) => (rows.length === 0 ? undefined : Math.max(...rows.map((row) => row.last_seen)));

/** What clients send to a route, in a word or two. */
const WHAT: readonly [start: string, what: string][] = [
  ['/api/v1/series', 'Metrics'],
  ['/api/v2/series', 'Metrics'],
  ['/api/intake/metrics', 'Metrics'],
  ['/api/v3beta/series', 'Metrics'],
  ['/api/beta/sketches', 'Distributions'],
  ['/api/v1/distribution_points', 'Distributions'],
  ['/api/v1/check_run', 'Service checks'],
  ['/api/v1/events', 'Events'],
  ['/api/v2/events', 'Events'],
  ['/intake', 'Host metadata, events'],
  ['/api/v1/metadata', 'Host metadata'],
  ['/api/v2/host_metadata', 'Host metadata'],
  ['/api/v1/validate', 'Check of a key'],
  ['/api/v2/validate', 'Check of a key'],
  ['/api/v2/logs', 'Logs'],
  ['/v1/input', 'Logs'],
  ['/api/v0.1/traces', 'Traces'],
  ['/api/v0.2/traces', 'Traces'],
  ['/api/v2/spans', 'Traces'],
  ['/api/v0.1/stats', 'Trace statistics'],
  ['/api/v0.2/stats', 'Trace statistics'],
  ['/api/v0.1/pipeline_stats', 'Data streams'],
  ['/api/v2/profile', 'Profiles'],
  ['/api/v2/apmtelemetry', 'Telemetry of tracers'],
  ['/api/v2/rum', 'Browser sessions'],
  ['/api/v2/replay', 'Session replays'],
  ['/api/v1/collector', 'Processes'],
  ['/api/v1/container', 'Containers'],
  ['/api/v1/connections', 'Network connections'],
  ['/api/v1/discovery', 'Discovered processes'],
  ['/api/v1/orchestrator', 'Kubernetes objects'],
  ['/api/v2/orch', 'Kubernetes objects'],
  ['/api/v2/contlcycle', 'Container life cycles'],
  ['/api/v2/contimage', 'Container images'],
  ['/api/v2/db', 'Database monitoring'],
  ['/api/v2/ndm', 'Network devices'],
  ['/api/v2/sbom', 'Bills of materials'],
];

export function whatOf(route: string): string {
  return WHAT.find(([start]) => route.startsWith(start))?.[1] ?? 'Other data';
}

/** Whether data of a kind that is kept ever arrived since the server started. */
export function hasArrived(rows: readonly RouteRow[]): boolean {
  return rows.some((row) => row.accepted > 0);
}

/** Refusals for the sake of keys, of all routes. */
export function keyProblems(rows: readonly RouteRow[]): { row: RouteRow; problem: OutcomeRow }[] {
  return rows.flatMap((row) => row.problems.filter(({ reason }) => reason === 'unknown_api_key' || reason === 'missing_api_key').map((problem) => ({ row, problem })));
}
