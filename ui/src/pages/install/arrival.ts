/** Whether data came from a host that was not known, or silent, when one began to look. */
export interface SeenHost {
  name: string;
  /** Unix milliseconds of its last report. */
  last: number;
}

export interface Arrival {
  /** New ones, and those that were silent before. */
  fresh: SeenHost[];
  /** How many report now. */
  reporting: number;
}

/** A host that reports no more often than this is silent. */
const SILENT_MS = 300_000;

export function arrivalOf(before: readonly SeenHost[], now: readonly SeenHost[], nowMs: number): Arrival {
  const known = new Map(before.map((host) => [host.name, host.last]));
  const fresh = now.filter((host) => {
    const last = known.get(host.name);
    return last === undefined || host.last - last > SILENT_MS;
  });
  return { fresh, reporting: now.filter((host) => nowMs - host.last < SILENT_MS).length };
}
