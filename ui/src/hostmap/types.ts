/** A host as the map sees it. */
export interface MapHost {
  name: string;
  /** Values by key. */
  tags: ReadonlyMap<string, readonly string[]>;
  isMuted: boolean;
}

/** What each host's hexagon shows, by its place in the list of hosts; null without data. */
export interface MapValues {
  fill: readonly (number | null)[];
  /** Absent: all hexagons have one size. */
  size?: readonly (number | null)[] | undefined;
}
