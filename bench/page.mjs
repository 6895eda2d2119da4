// Bar 24: how quick the page is in a real browser. Prints one JSON object.
//
//   PROCYON_BIN=… node bench/page.mjs [hosts]
//
// A visit is one with an empty cache, signed in. "Drawn" is when the canvas first holds more than
// one colour. An interaction is from the event until the frame after it has been painted.
import { readdirSync, statSync } from 'node:fs';

import { launch, openPage, signIn } from '../ui/e2e/browser.mjs';
import { startServer } from '../ui/e2e/server.mjs';

const HOSTS = Number(process.argv[2] ?? 5000);
const METRICS = ['system.cpu.idle', 'system.load.1', 'system.mem.pct_usable'];
const VISITS = 5;

async function fill(server) {
  const now = Math.floor(Date.now() / 15_000) * 15;
  for (let first = 0; first < HOSTS; first += 250) {
    const series = [];
    for (let i = first; i < Math.min(HOSTS, first + 250); i += 1) {
      for (const [m, metric] of METRICS.entries()) {
        const points = Array.from({ length: 20 }, (_, k) => ({ timestamp: now - 15 * k, value: ((i * 7 + k * 3 + m) % 100) / (m === 2 ? 100 : 1) }));
        series.push({ metric, type: 3, points, resources: [{ type: 'host', name: `host-${String(i).padStart(4, '0')}` }], tags: [`role:r${i % 9}`, `env:${i % 4 ? 'prod' : 'dev'}`] });
      }
    }
    await server.metrics(series);
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Largest contentful paint and when the canvas is drawn, both in ms since the navigation began. */
async function visit(browser, server, path) {
  const { page, context, faults } = await openPage(browser, server.url);
  await signIn(page, server, '/settings-that-do-not-exist');
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.clearBrowserCache');
  await page.addInitScript(() => {
    globalThis.__lcp = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) globalThis.__lcp = entry.startTime;
    }).observe({ type: 'largest-contentful-paint', buffered: true });
  });
  await page.goto(path);
  await page.waitForFunction(() => {
    const canvases = [...document.querySelectorAll('main canvas')];
    return canvases.some((canvas) => {
      const context = canvas.getContext('2d');
      if (!context || canvas.width < 50 || canvas.height < 50) return false;
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      const colours = new Set();
      for (let i = 0; i < data.length; i += 4 * 97) if (data[i + 3] > 200) colours.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
      return colours.size > 1;
    });
  }, undefined, { timeout: 60_000 });
  const facts = await page.evaluate(() => ({
    drawn: performance.now(),
    lcp: globalThis.__lcp,
    fcp: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    bytes: performance.getEntriesByType('resource').filter((r) => r.name.endsWith('.js')).reduce((sum, r) => sum + r.encodedBodySize, 0),
  }));
  return { page, context, facts, faults };
}

/** The slowest of many moves over the graph, and their median: event to painted frame. */
async function interact(page) {
  const box = await page.locator('main canvas').first().boundingBox();
  const times = [];
  for (let i = 0; i < 40; i += 1) {
    const x = box.x + box.width * (0.1 + 0.8 * (i / 40));
    const y = box.y + box.height * (0.3 + 0.4 * ((i * 7) % 40) / 40);
    times.push(await page.evaluate(([x, y]) => new Promise((done) => {
      const target = document.elementFromPoint(x, y);
      const begun = performance.now();
      for (const type of ['pointermove', 'mousemove']) {
        target?.dispatchEvent(new (type === 'mousemove' ? MouseEvent : PointerEvent)(type, { clientX: x, clientY: y, bubbles: true }));
      }
      requestAnimationFrame(() => { const channel = new MessageChannel(); channel.port1.onmessage = () => done(performance.now() - begun); channel.port2.postMessage(0); });
    }), [x, y]));
  }
  return { p50: median(times), max: Math.max(...times) };
}

const server = await startServer();
const browser = await launch();
try {
  await fill(server);
  const dist = new URL('../ui/dist/assets', import.meta.url).pathname;
  const scripts = readdirSync(dist).filter((name) => name.endsWith('.js'));
  const size = (name) => statSync(`${dist}/${scripts.includes(name) ? (readdirSync(dist).includes(`${name}.gz`) ? `${name}.gz` : name) : name}`).size;
  const result = { hosts: HOSTS, js_gzip_kb: scripts.reduce((sum, name) => sum + size(name), 0) / 1000, pages: {} };
  const pages = {
    explorer: `/metric/explorer?a=${encodeURIComponent('avg:system.cpu.idle{*} by {role}')}`,
    'host map': '/infrastructure/map',
  };
  for (const [name, path] of Object.entries(pages)) {
    const visits = [];
    let moves;
    for (let i = 0; i < VISITS; i += 1) {
      const { page, context, facts, faults } = await visit(browser, server, path);
      if (faults.length > 0) throw new Error(`${name}: ${faults.join('\n')}`);
      visits.push(facts);
      if (i === VISITS - 1) moves = await interact(page);
      await context.close();
    }
    result.pages[name] = {
      lcp_ms: median(visits.map((v) => v.lcp)), fcp_ms: median(visits.map((v) => v.fcp)),
      drawn_ms: median(visits.map((v) => v.drawn)), js_kb: visits[0].bytes / 1000,
      interaction_p50_ms: moves.p50, interaction_max_ms: moves.max,
    };
  }
  console.log(JSON.stringify(result));
} finally {
  await browser.close();
  await server.stop();
}
