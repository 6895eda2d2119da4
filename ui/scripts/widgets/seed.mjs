// @ts-check
/** A made-up shop on a made-up fleet: something for each kind of widget to draw. */
import { chance, fleet, sendMachine, sendMeasures, sendTags } from '../../e2e/fleet.mjs';

/** @typedef {import('../../e2e/server.mjs').Server} Server */

const COUNTRIES = /** @type {const} */ ([['US', 90], ['DE', 44], ['GB', 38], ['FR', 31], ['JP', 27], ['BR', 24], ['IN', 22], ['CA', 17], ['AU', 14], ['ES', 13], ['IT', 12], ['PL', 9], ['NL', 9], ['SE', 7], ['MX', 7], ['ZA', 5], ['KR', 5], ['NG', 4], ['AR', 4], ['EG', 3], ['SG', 3], ['TR', 3], ['ID', 3], ['CL', 2], ['KE', 2], ['NZ', 2]]);
const CITIES = /** @type {const} */ ([['London', 51.5, -0.1, 30], ['Paris', 48.9, 2.4, 22], ['Berlin', 52.5, 13.4, 26], ['Madrid', 40.4, -3.7, 9], ['Stockholm', 59.3, 18.1, 6], ['Cairo', 30, 31.2, 4], ['New York', 40.7, -74, 40], ['San Francisco', 37.8, -122.4, 31], ['São Paulo', -23.6, -46.6, 18], ['Tokyo', 35.7, 139.7, 24], ['Mumbai', 19.1, 72.9, 17], ['Sydney', -33.9, 151.2, 11], ['Nairobi', -1.3, 36.8, 4], ['Toronto', 43.7, -79.4, 12]]);
const SERVICES = /** @type {const} */ ([['checkout', 34], ['catalog', 88], ['search', 61], ['cart', 47], ['payment', 21], ['account', 15]]);
const STEP = 60;

/** One point a step over the last `minutes`. @param {number} minutes @param {(time: number) => number} value */
function points(minutes, value) {
  const now = Math.floor(Date.now() / 60_000) * 60;
  const list = [];
  for (let at = now - minutes * 60; at <= now; at += STEP) list.push({ timestamp: at, value: value(at) });
  return list;
}

/** @param {number} time @param {number} seed */
const wave = (time, seed) => 1 + 0.35 * Math.sin(time / 1700 + seed) + 0.2 * (chance(time + seed * 7919) - 0.5);

/** @param {Server} server @param {{ minutes?: number, hosts?: number }} [options] */
export async function seed(server, { minutes = 240, hosts: count = 36 } = {}) {
  const hosts = fleet(count);
  await sendTags(server, hosts);
  for (const host of hosts.slice(0, 12)) await sendMachine(server, host);
  await sendMeasures(server, hosts, { minutes, step: STEP });
  await server.metrics(shop(minutes));
  await latencies(server, Math.min(minutes, 120));
  await events(server);
}

/** @param {number} minutes */
function shop(minutes) {
  const series = [];
  for (const [at, [service, base]] of SERVICES.entries()) {
    for (const [env, part] of /** @type {const} */ ([['prod', 1], ['staging', 0.2]])) {
      const tags = [`service:${service}`, `env:${env}`];
      series.push({ metric: 'shop.requests', type: 3, interval: STEP, tags, points: points(minutes, (time) => base * part * wave(time, at)) });
      series.push({ metric: 'shop.errors', type: 3, interval: STEP, tags, points: points(minutes, (time) => base * part * 0.03 * wave(time, at + 3) * (chance(Math.floor(time / 900) + at) > 0.8 ? 4 : 1)) });
      series.push({ metric: 'shop.latency', type: 3, interval: STEP, tags, unit: 'millisecond', points: points(minutes, (time) => (40 + 3 * base) * wave(time, at + 5)) });
    }
  }
  for (const [at, [country, base]] of COUNTRIES.entries()) {
    series.push({ metric: 'shop.visitors', type: 3, interval: STEP, tags: [`country_iso_code:${country}`], points: points(minutes, (time) => base * wave(time, at)) });
  }
  for (const [at, [city, latitude, longitude, base]] of CITIES.entries()) {
    series.push({ metric: 'shop.orders', type: 3, interval: STEP, tags: [`latitude:${latitude}`, `longitude:${longitude}`, `city:${city}`], points: points(minutes, (time) => base * wave(time, at)) });
  }
  return series;
}

/** A distribution, for heat maps and histograms. @param {Server} server @param {number} minutes */
async function latencies(server, minutes) {
  const now = Math.floor(Date.now() / 60_000) * 60;
  const series = SERVICES.slice(0, 3).map(([service], at) => ({
    metric: 'shop.checkout.time',
    tags: [`service:${service}`],
    points: Array.from({ length: minutes }, (_, minute) => {
      const time = now - minute * 60;
      return [time, Array.from({ length: 60 }, (_value, n) => Math.exp(3.6 + at * 0.3 + 0.5 * (chance(time + n) + chance(time + n + 99) + chance(time + n + 7777) - 1.5) * 2 + 0.3 * Math.sin(time / 1500)))];
    }),
  }));
  await server.send('/api/v1/distribution_points', { method: 'POST', body: JSON.stringify({ series }) });
}

const EVENTS = /** @type {const} */ ([
  ['Deploy of checkout 2.14.0 finished', 'success', 'deploy', 'Rolled out to **12 hosts** in 3 min 40 s, see the [change](https://example.com/changes/214).'],
  ['High error rate on payment', 'error', 'alert', 'More than 4 % of the calls to the bank failed for 5 minutes.'],
  ['Disk is filling up on db-prod-004', 'warning', 'alert', '`/var/lib/data` is at 86 %.'],
  ['Nightly backup done', 'info', 'cron', '418 GB in 52 minutes.'],
  ['Autoscaler added 2 hosts', 'info', 'autoscaler', 'CPU of role:web was above 70 %.'],
  ['Certificate renewed', 'success', 'cron', 'Valid for 90 days.'],
  ['Slow queries on db-prod-004', 'warning', 'postgres', '14 queries took more than 5 s.'],
]);

/** @param {Server} server */
async function events(server) {
  const now = Math.floor(Date.now() / 1000);
  for (let at = 0; at < 42; at += 1) {
    const [title, alert_type, source, text] = EVENTS[at % EVENTS.length] ?? EVENTS[0];
    const event = { title, text: `%%%\n${text}\n%%%`, alert_type, source_type_name: source, tags: ['env:prod', `service:${SERVICES[at % SERVICES.length]?.[0]}`], date_happened: now - 60 - Math.floor(chance(at + 40) * 14_000), host: `web-prod-${String(at % 9).padStart(3, '0')}` };
    await server.send('/api/v1/events', { method: 'POST', body: JSON.stringify(event) });
  }
}
