/** What needs a look, the worst first; alike things as one line. */
import type { State } from '../../components';
import type { Host } from '../infrastructure/data/hosts';
import { hostState } from '../infrastructure/data/status';
import type { TopRow } from '../infrastructure/data/top';
import { rowsOf, type IntakeAnswer } from '../intake/data';
import type { FailingCheck } from './data';

export interface Attention {
  id: string;
  state: State;
  title: string;
  detail: string;
  to: string;
  search: Record<string, string>;
}

export interface Known {
  hosts: readonly Host[];
  checks: readonly FailingCheck[];
  disks: readonly TopRow[];
  intake: IntakeAnswer | undefined;
  /** Unix milliseconds. */
  now: number;
}

/** A disk fuller than this, in percent. */
export const DISK_HIGH = 90;
const DISK_FULL = 97;
/** What was refused longer ago is no news. */
const REFUSED_MS = 15 * 60_000;
const NAMES_SHOWN = 3;
const RANK: Record<State, number> = { alert: 0, warn: 1, nodata: 2, muted: 3, ok: 4 };

export function attentions({ hosts, checks, disks, intake, now }: Known): Attention[] {
  const muted = new Set(hosts.filter(({ isMuted }) => isMuted).map(({ name }) => name));
  const found = [...ofChecks(checks.filter(({ host }) => !muted.has(host))), ...ofHosts(hosts, now), ...ofDisks(disks), ...ofIntake(intake, now)];
  return found.sort((a, b) => RANK[a.state] - RANK[b.state]);
}

function ofHosts(hosts: readonly Host[], now: number): Attention[] {
  const silent = hosts.filter((host) => ['Silent', 'Not reporting'].includes(hostState(host, now).text));
  if (silent.length === 0) return [];
  const names = silent.map(({ name }) => name);
  const state = { status: hostState(silent[0]!, now).text };
  return [
    {
      id: 'silent',
      state: 'warn',
      title: names.length === 1 ? `${names[0]} does not report` : `${names.length.toLocaleString('en-US')} hosts do not report`,
      detail: namesText(names),
      ...(names.length === 1 ? linkTo(names[0] ?? '') : { to: '/infrastructure', search: state }),
    },
  ];
}

/** One line for each check, however many hosts it fails on. */
function ofChecks(checks: readonly FailingCheck[]): Attention[] {
  const byCheck = new Map<string, FailingCheck[]>();
  for (const failing of checks) {
    const key = `${failing.isCritical} ${failing.check}`;
    byCheck.set(key, [...(byCheck.get(key) ?? []), failing]);
  }
  return [...byCheck].map(([id, list]) => {
    const hosts = [...new Set(list.map(({ host }) => host))];
    const [first] = list;
    const isCritical = first?.isCritical ?? false;
    return {
      id,
      state: isCritical ? 'alert' : 'warn',
      title: `${first?.check} ${isCritical ? 'is critical' : 'warns'} on ${hosts.length === 1 ? hosts[0] : `${hosts.length} hosts`}`,
      detail: [first?.message, hosts.length > 1 ? namesText(hosts) : (first?.tags ?? []).join(', ')].filter(Boolean).join(' · '),
      ...linkTo(hosts[0] ?? ''),
    };
  });
}

function ofDisks(disks: readonly TopRow[]): Attention[] {
  const full = disks.filter(({ value }) => value >= DISK_HIGH);
  return full.map(({ tags, value }) => {
    const [host, device] = ['host:', 'device:'].map((key) => tags.find((tag) => tag.startsWith(key))?.slice(key.length) ?? '');
    return {
      id: `disk ${tags.join()}`,
      state: value >= DISK_FULL ? 'alert' : 'warn',
      title: `${host}: disk ${value.toFixed(0)}% full`,
      detail: device ?? '',
      ...linkTo(host ?? ''),
    };
  });
}

function ofIntake(intake: IntakeAnswer | undefined, now: number): Attention[] {
  const rows = intake ? rowsOf(intake) : [];
  return rows.flatMap(({ route, problems }) => {
    const recent = problems.filter(({ outcome, last_seen }) => outcome !== 'discarded' && now - last_seen < REFUSED_MS);
    return recent.slice(0, 1).map(({ reason, count }) => ({
      id: `intake ${route}`,
      state: 'warn' as const,
      title: `Data is refused at ${route}`,
      detail: `${reason.replaceAll('_', ' ')} · ${count.toLocaleString('en-US')} since the server started`,
      to: '/account/settings/intake',
      search: {},
    }));
  });
}

function linkTo(host: string): Pick<Attention, 'to' | 'search'> {
  return { to: `/infrastructure/host/${encodeURIComponent(host)}`, search: {} };
}

function namesText(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN;
  return names.slice(0, NAMES_SHOWN).join(', ') + (more > 0 ? ` and ${more.toLocaleString('en-US')} more` : '');
}
