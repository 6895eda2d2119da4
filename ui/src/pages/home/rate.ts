/** Points per second, from counts that the server tells now and then. */
export interface Sample {
  /** Unix milliseconds. */
  at: number;
  /** Points accepted since the server started. */
  count: number;
}

const KEPT = 60;

/** With a newer count; a server that started anew starts the counts anew. */
export function withSample(samples: readonly Sample[], next: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last && next.at <= last.at) return samples;
  if (last && next.count < last.count) return [next];
  return [...samples, next].slice(-KEPT);
}

/** Rates between the samples, oldest first. */
export function rates(samples: readonly Sample[]): number[] {
  return samples.slice(1).map(({ at, count }, index) => {
    const before = samples[index] ?? { at, count };
    return ((count - before.count) * 1000) / (at - before.at);
  });
}

/** Over the last minute, as senders report at their own pace; undefined before there are two counts. */
export function rateNow(samples: readonly Sample[], windowMs = 60_000): number | undefined {
  const last = samples.at(-1);
  if (!last) return undefined;
  const first = samples.find(({ at }) => last.at - at <= windowMs);
  if (!first || first === last) return undefined;
  return ((last.count - first.count) * 1000) / (last.at - first.at);
}
