// @ts-check
/** Series under the metric names of any dashboard, with the tags that its queries group by. */
import { chance } from '../../e2e/fleet.mjs';

const QUERY = /(?:avg|sum|min|max|count|p\d\d):([a-zA-Z][\w.]*)\{([^}]*)\}(?:\s*by\s*\{([^}]*)\})?/g;
const STEP = 60;
const VALUES = 4;
/** More would take long to send and shows no more. */
const SERIES_MAX = 8;

/**
 * The metrics of a dashboard's text, each with the tag keys that it is grouped by and the tags that it must have.
 * @param {string} text
 */
export function metricsOf(text) {
  /** @type {Map<string, { keys: Set<string>, fixed: Map<string, string>, isCount: boolean }>} */
  const found = new Map();
  for (const match of text.matchAll(QUERY)) {
    const [whole, metric = '', scope = '', by = ''] = match;
    const known = found.get(metric) ?? { keys: new Set(), fixed: new Map(), isCount: false };
    for (const key of by.split(',')) if (/^[\w.@/-]+$/.test(key.trim())) known.keys.add(key.trim());
    for (const term of scope.split(/,|\sAND\s/)) {
      const [, key, value] = /^\s*([\w.@/-]+):([\w.@/:-]+)\s*$/.exec(term) ?? [];
      if (key && value && !known.keys.has(key)) known.fixed.set(key, value);
    }
    known.isCount ||= text.slice(match.index + whole.length, match.index + whole.length + 14).includes('as_count');
    found.set(metric, known);
  }
  return found;
}

/** @param {string} text @param {number} minutes */
export function seriesOf(text, minutes) {
  const now = Math.floor(Date.now() / 60_000) * 60;
  const series = [];
  for (const [metric, { keys, fixed, isCount }] of metricsOf(text)) {
    const seed = [...metric].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 99_991, 7);
    const scale = /percent|pct|in_use|utili[sz]ation|ratio/.test(metric) ? 0.6 : /byte|size|mem/.test(metric) ? 3e8 : /time|latency|lag|delay/.test(metric) ? 12 : 40 + (seed % 400);
    const groups = Math.min(SERIES_MAX, keys.size === 0 ? 2 : VALUES);
    for (let at = 0; at < groups; at += 1) {
      const own = [...keys].filter((key) => key !== 'host').map((key) => `${key}:${key.split(/[.@/]/).at(-1)}-${at + 1}`);
      const tags = [...own, ...[...fixed].filter(([key]) => key !== 'host').map(([key, value]) => `${key}:${value}`)];
      const points = Array.from({ length: minutes }, (_, minute) => {
        const time = now - minute * STEP;
        return { timestamp: time, value: Math.max(0, scale * (1 - at * 0.17) * (1 + 0.3 * Math.sin(time / 1900 + seed + at) + 0.16 * (chance(time + seed * 13 + at) - 0.5))) };
      });
      series.push({ metric, type: isCount ? 1 : 3, interval: STEP, tags, points, resources: [{ type: 'host', name: `${metric.split('.')[0]}-${at + 1}` }] });
    }
  }
  return series;
}
