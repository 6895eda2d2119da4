// @ts-check
/** The host map with 5 000 hosts: how long it takes to draw, and how smoothly it follows the hand. */
import assert from 'node:assert/strict';

import { fleet, sendMeasures, sendTags } from './fleet.mjs';
import { journeys, screenshots } from './harness.mjs';

const COUNT = 5000;
/** A frame of 60 Hz; what people feel as immediate. */
const FRAME_MS = 16;
/** Loose enough for a shared machine that also runs a debug build of the server. */
const DRAWN_MS = 10_000;
/** All hexagons anew: only when data or colours change, not when the pointer moves. */
const PAINT_MS = 80;

const world = journeys({
  seed: async (server) => {
    const hosts = fleet(COUNT);
    await sendTags(server, hosts);
    await sendMeasures(server, hosts, { minutes: 10, step: 60, only: 'system.cpu.idle' });
  },
});

/** @param {number[]} list @param {number} part */
function quantile(list, part) {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

world.test(
  '5 000 hosts: drawn, hovered, filtered and grouped without a hitch',
  async ({ page }) => {
    const map = page.getByRole('listbox', { name: /^Hosts by/ });
    await page.addInitScript(() => {
      // @ts-expect-error: ours
      window.__paints = [];
      // @ts-expect-error: ours
      new PerformanceObserver((list) => window.__paints.push(...list.getEntriesByName('hostmap.paint').map(({ duration }) => duration))).observe({ type: 'measure' });
    });
    await page.goto('/infrastructure/map');
    await page.getByText('5,000 hosts', { exact: true }).waitFor();
    await page.waitForFunction(() => document.querySelector('[role="listbox"][data-values="5000"]') !== null);
    const drawn = await page.evaluate(() => performance.now());
    await screenshots(page, 'host-map-5000');

    // The pointer goes across the map: how long each move keeps the page from its next frame.
    const box = await map.boundingBox();
    assert(box);
    const moves = await page.evaluate(async ({ x, y, width, height }) => {
      const target = document.querySelector('[role="listbox"] canvas:nth-of-type(2)');
      const costs = [];
      for (let at = 0; at < 200; at += 1) {
        const init = { clientX: x + 20 + ((width - 60) * ((at * 37) % 200)) / 200, clientY: y + 20 + ((height - 60) * at) / 200, bubbles: true };
        const start = performance.now();
        target?.dispatchEvent(new PointerEvent('pointermove', init));
        // Work that is put off to the frame counts too.
        await new Promise((done) => requestAnimationFrame(() => done(undefined)));
        const inFrame = performance.now();
        document.body.getBoundingClientRect();
        costs.push({ total: performance.now() - start, layout: performance.now() - inFrame });
      }
      return costs;
    }, box);
    const tasks = await page.evaluate(async () => {
      // Without waiting for frames: only the work.
      const target = document.querySelector('[role="listbox"] canvas:nth-of-type(2)');
      const box = target?.getBoundingClientRect();
      const costs = [];
      for (let at = 0; at < 200 && box; at += 1) {
        const start = performance.now();
        target?.dispatchEvent(new PointerEvent('pointermove', { clientX: box.x + 30 + (at * 53) % (box.width - 60), clientY: box.y + 30 + (at * 29) % (box.height - 60), bubbles: true }));
        costs.push(performance.now() - start);
        await new Promise((done) => setTimeout(done));
      }
      return costs;
    });
    // Keys go from hexagon to hexagon.
    await map.focus();
    const keys = await page.evaluate(async () => {
      const target = document.querySelector('[role="listbox"]');
      const costs = [];
      for (let at = 0; at < 60; at += 1) {
        const start = performance.now();
        target?.dispatchEvent(new KeyboardEvent('keydown', { key: at % 3 === 0 ? 'ArrowDown' : 'ArrowRight', bubbles: true, cancelable: true }));
        costs.push(performance.now() - start);
        await new Promise((done) => requestAnimationFrame(() => done(undefined)));
      }
      return costs;
    });
    const grouped = await timed(page, '/infrastructure/map?groupby=env,role', () => page.locator('button', { hasText: /^prod3,\d{3}$|^prod\d,\d{3}$/ }).first().waitFor());
    // @ts-expect-error: ours
    const paints = await page.evaluate(() => window.__paints);
    const ms = (/** @type {number} */ n) => `${n.toFixed(1)} ms`;
    const totals = moves.map(({ total }) => total);
    console.log(
      [
        `drawn after navigation: ${ms(drawn)}`,
        `one painting of ${COUNT}: median ${ms(quantile(paints, 0.5))}, longest ${ms(Math.max(...paints))}`,
        `pointer move: work median ${ms(quantile(tasks, 0.5))}, p95 ${ms(quantile(tasks, 0.95))}; to the next frame p95 ${ms(quantile(totals, 0.95))}`,
        `arrow key: median ${ms(quantile(keys, 0.5))}, p95 ${ms(quantile(keys, 0.95))}`,
        `grouped by two tags, from navigation: ${ms(grouped)}`,
      ].join('\n'),
    );
    assert(drawn < DRAWN_MS, `drawn after ${ms(drawn)}`);
    assert(quantile(tasks, 0.95) < FRAME_MS, `a move of the pointer took ${ms(quantile(tasks, 0.95))}`);
    assert(quantile(keys, 0.95) < FRAME_MS, `an arrow key took ${ms(quantile(keys, 0.95))}`);
    assert(quantile(paints, 0.5) < PAINT_MS, `a painting took ${ms(quantile(paints, 0.5))}`);
  },
  { at: '/' },
);

/** @param {import('playwright-core').Page} page @param {string} to @param {() => Promise<void>} until */
async function timed(page, to, until) {
  await page.goto(to);
  await until();
  return page.evaluate(() => performance.now());
}
