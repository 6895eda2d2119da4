/** What state a host is in, in words. */
import type { State } from '../../../components';

interface Reported {
  isUp: boolean;
  isMuted: boolean;
  /** Unix seconds. */
  lastReported: number;
}

/** A host that was silent this long is no longer called up. */
const SILENT_SECS = 900;

export interface HostState {
  state: State;
  text: string;
  /** For sorting: what needs a look comes first. */
  rank: number;
}

export function hostState(host: Reported, nowMs: number): HostState {
  if (host.isMuted) return { state: 'muted', text: 'Muted', rank: 2 };
  const age = nowMs / 1000 - host.lastReported;
  if (!host.isUp) return { state: 'nodata', text: 'Not reporting', rank: 0 };
  if (age > SILENT_SECS) return { state: 'warn', text: 'Silent', rank: 1 };
  return { state: 'ok', text: 'Up', rank: 3 };
}

const AGES: [secs: number, text: string][] = [
  [60, 'within 1 min'],
  [300, 'within 5 min'],
  [900, 'within 15 min'],
  [3600, 'within 1 h'],
  [7200, 'within 2 h'],
  [6 * 3600, 'within 6 h'],
  [86_400, 'within 1 d'],
];

/**
 * The server tells the time of the last report by age classes: a host of the class "1 to 5 minutes"
 * has a time 1 minute ago. So the end of the class is what is certain.
 */
export function lastSeenText(lastReportedSecs: number, nowMs: number): string {
  const age = nowMs / 1000 - lastReportedSecs;
  // A time within the slack of the two clocks belongs to the class that begins there.
  const slack = 20;
  return AGES.find(([secs]) => age < secs - slack)?.[1] ?? 'over 1 d ago';
}
