/** The answer to the page's question in one sentence. */
import { keyProblems, type RouteRow } from './data';

export interface Verdict {
  state: 'ok' | 'warn' | 'alert' | 'nodata';
  title: string;
  text: string;
}

/** Agents send every 15 seconds; after this silence something is wrong. */
const SILENCE_MS = 120_000;
/** What was refused longer ago than this is history. */
const RECENT_MS = 600_000;

const newest = (times: readonly (number | undefined)[]): number | undefined => {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
};

export function verdictOf(rows: readonly RouteRow[], now: number): Verdict {
  const accepted = newest(rows.map((row) => row.lastAccepted));
  const refused = newest(rows.map((row) => row.lastRefused));
  const isRefusing = refused !== undefined && now - refused < RECENT_MS;
  const withKeys = keyProblems(rows).filter(({ problem }) => now - problem.last_seen < RECENT_MS);
  if (accepted === undefined) {
    if (withKeys.length > 0) return { state: 'alert', title: 'Senders are refused because of their keys', text: 'Data reaches this server, but under keys that it does not know. Nothing was accepted since it started.' };
    if (refused !== undefined) return { state: 'alert', title: 'All that arrived was refused', text: 'Data reaches this server, but not in a shape that it can take. The routes below say why.' };
    if (rows.some((row) => row.discarded > 0)) return { state: 'warn', title: 'Only data that is not kept yet arrives', text: 'Senders reach this server with kinds of data that it takes and throws away.' };
    return { state: 'nodata', title: 'Nothing was sent here since the server started', text: 'No sender reached this server: look at the address it is given, at firewalls and at its own log.' };
  }
  if (now - accepted > SILENCE_MS) {
    return { state: 'warn', title: 'It has become silent', text: 'Data arrived earlier and no longer does. Look whether agents run and reach this server.' };
  }
  if (withKeys.length > 0) return { state: 'warn', title: 'Data arrives, but some senders have wrong keys', text: 'What they send is refused. The keys below say how often.' };
  if (isRefusing) return { state: 'warn', title: 'Data arrives, but some of it is refused', text: 'The routes with refusals say what and why.' };
  return { state: 'ok', title: 'Data arrives', text: 'Nothing was refused in the past 10 minutes.' };
}
