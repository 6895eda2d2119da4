/** The parameters of the time alone. */
export function timeOf(params: Record<string, string | undefined>): Record<string, string> {
  const kept = ['span', 'from_ts', 'to_ts', 'live'].map((name) => [name, params[name]]);
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined)) as Record<string, string>;
}
