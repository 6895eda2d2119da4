/** Typed ends of a scale: `80`, `80%`, `1.5k`, `4 GiB`. */
const FACTORS: Record<string, number> = { k: 1e3, m: 1e6, g: 1e9, t: 1e12, ki: 1024, mi: 1024 ** 2, gi: 1024 ** 3, ti: 1024 ** 4 };

/** The number, or undefined when it is none. */
export function parseAmount(text: string): number | undefined {
  const match = /^\s*([-−]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*([kmgt]i?)?(?:b|%)?(?:\/s)?\s*$/i.exec(text);
  if (!match) return undefined;
  const value = Number((match[1] ?? '').replace('−', '-')) * (FACTORS[(match[2] ?? '').toLowerCase()] ?? 1);
  return Number.isFinite(value) ? value : undefined;
}
