// A dashboard of 20 timeseries over 1000 hosts and 24 hours: how long its queries take, and how the
// page behaves while it is looked at. Prints one JSON object.
//
//   PROCYON_BIN=… node bench/dashboard.mjs [hosts] [hours]
//
// Cold is the first time that a query runs, warm the same once more a moment later. A frame is late
// when the browser could not paint it within 1/50 s.
import { launch, openPage, signIn } from '../ui/e2e/browser.mjs';
import { startServer } from '../ui/e2e/server.mjs';

const HOSTS = Number(process.argv[2] ?? 1000);
const HOURS = Number(process.argv[3] ?? 24);
const STEP_SECS = 300;
const METRICS = Array.from({ length: 10 }, (_, at) => `bench.metric_${at}`);
/** 50 lines, which is what a graph shows at most, and a few. */
const QUERIES = METRICS.flatMap((metric) => [`avg:${metric}{*} by {shard}`, `max:${metric}{env:prod} by {role}`]);
const LATE_MS = 20;

async function fill(server) {
  const now = Math.floor(Date.now() / 1000 / STEP_SECS) * STEP_SECS;
  const times = Array.from({ length: (HOURS * 3600) / STEP_SECS }, (_, k) => now - k * STEP_SECS);
  for (let host = 0; host < HOSTS; host += 1) {
    const tags = [`role:r${host % 9}`, `env:${host % 4 ? 'prod' : 'dev'}`, `shard:s${host % 50}`];
    const series = METRICS.map((metric, m) => ({
      metric,
      type: 3,
      tags,
      resources: [{ type: 'host', name: `host-${String(host).padStart(4, '0')}` }],
      points: times.map((timestamp, k) => ({ timestamp, value: 50 + 20 * Math.sin(k / 30 + m + host) + ((host * 7 + k * 3) % 10) })),
    }));
    await server.metrics(series);
  }
  return now * 1000;
}

function dashboard() {
  const widgets = QUERIES.map((query, at) => ({
    definition: {
      type: 'timeseries',
      title: query,
      requests: [{ response_format: 'timeseries', queries: [{ data_source: 'metrics', name: 'a', query }], formulas: [{ formula: 'a' }], display_type: 'line' }],
    },
    layout: { x: (at % 3) * 4, y: Math.floor(at / 3) * 2, width: 4, height: 2 },
  }));
  return { title: 'Bench', layout_type: 'ordered', reflow_type: 'fixed', widgets };
}

/** All queries at once, as a browser asks them; milliseconds until the last answer. */
async function ask(server, to) {
  const begun = performance.now();
  await Promise.all(
    QUERIES.map(async (query) => {
      const attributes = { from: to - HOURS * 3_600_000, to, queries: [{ data_source: 'metrics', name: 'a', query }], formulas: [{ formula: 'a' }] };
      const answer = await server.send('/api/v2/query/timeseries', { method: 'POST', body: JSON.stringify({ data: { type: 'timeseries_request', attributes } }) });
      await answer.arrayBuffer();
    }),
  );
  return performance.now() - begun;
}

/** How long the frames took while `work` ran in the page. */
async function frames(page, work) {
  await page.evaluate(() => {
    globalThis.__frames = [];
    let last = performance.now();
    const tick = (now) => {
      globalThis.__frames.push(now - last);
      last = now;
      globalThis.__ticking = requestAnimationFrame(tick);
    };
    globalThis.__ticking = requestAnimationFrame(tick);
  });
  await work();
  const times = await page.evaluate(() => {
    cancelAnimationFrame(globalThis.__ticking);
    return globalThis.__frames.slice(1);
  });
  times.sort((a, b) => a - b);
  return { frames: times.length, late: times.filter((ms) => ms > LATE_MS).length, p95_ms: times[Math.floor(times.length * 0.95)] ?? 0, worst_ms: times.at(-1) ?? 0 };
}

async function look(browser, server, path) {
  const { page, context, faults } = await openPage(browser, server.url);
  await signIn(page, server, '/settings-that-do-not-exist');
  await page.addInitScript(() => {
    globalThis.__lcp = null;
    new PerformanceObserver((list) => (globalThis.__lcp = list.getEntries().at(-1)?.startTime ?? globalThis.__lcp)).observe({ type: 'largest-contentful-paint', buffered: true });
  });
  await page.goto(path);
  const inView = () => {
    const graphs = [...document.querySelectorAll('[data-widget="timeseries"]')].filter((one) => one.getBoundingClientRect().top < innerHeight);
    return graphs.length > 0 && graphs.every((one) => one.querySelector('canvas'));
  };
  await page.waitForFunction(inView, undefined, { timeout: 60_000 });
  const drawn_ms = await page.evaluate(() => performance.now());
  // Told after the frame that drew it.
  const lcp_ms = await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(globalThis.__lcp)))));
  const facts = await page.evaluate(() => ({
    js_bytes: performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.js')).reduce((sum, one) => sum + one.encodedBodySize, 0),
  }));
  const box = await page.locator('[data-widget="timeseries"] canvas').first().boundingBox();
  const hover = await frames(page, async () => {
    for (let at = 0; at < 60; at += 1) await page.mouse.move(box.x + 10 + ((box.width - 20) * at) / 60, box.y + box.height * (0.3 + 0.4 * ((at % 10) / 10)));
  });
  await page.mouse.move(box.x + 100, box.y + box.height + 20);
  const scroll = await frames(page, async () => {
    for (let at = 0; at < 40; at += 1) await page.mouse.wheel(0, at < 20 ? 80 : -80);
  });
  await context.close();
  return { drawn_ms, lcp_ms, ...facts, hover, scroll, faults };
}

const server = await startServer();
const browser = await launch();
try {
  const begun = performance.now();
  const to = await fill(server);
  const filled_ms = performance.now() - begun;
  const made = await (await server.send('/api/v1/dashboard', { method: 'POST', body: JSON.stringify(dashboard()) })).json();
  const cold_ms = await ask(server, to);
  const warm = [];
  for (let round = 0; round < 5; round += 1) warm.push(await ask(server, to));
  const path = `/dashboard/${made.id}?from_ts=${to - HOURS * 3_600_000}&to_ts=${to}&live=false`;
  const page = await look(browser, server, path);
  const result = { hosts: HOSTS, hours: HOURS, queries: QUERIES.length, points: HOSTS * METRICS.length * ((HOURS * 3600) / STEP_SECS), filled_ms, cold_ms, warm_ms: warm.sort((a, b) => a - b)[2], page };
  process.stdout.write(`${JSON.stringify(result, (_key, value) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value), 2)}\n`);
} finally {
  await browser.close();
  await server.stop();
}
