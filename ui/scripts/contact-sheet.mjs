// @ts-check
/**
 * Draws dashboards from files with series under their metric names, one picture each, to look at:
 *
 *   PROCYON_BIN=../target/debug/procyon node scripts/contact-sheet.mjs OUT_FOLDER dashboard.json…
 *
 * `LOOKS=dark-1280,light-2560` says in which themes and widths; `PROCYON_PAGE=dist` draws them by a
 * page that was just built. Built-in dashboards are named by their id: `preset:system`.
 * Says for each file what its widgets show instead of data.
 */
import { readFile, mkdir } from 'node:fs/promises';
import path from 'node:path';

import { launch, openPage, signIn } from '../e2e/browser.mjs';
import { startServer } from '../e2e/server.mjs';
import { seed } from './widgets/seed.mjs';
import { seriesOf } from './widgets/synthetic.mjs';

const [folder, ...files] = process.argv.slice(2);
if (!folder || files.length === 0) throw new Error('usage: contact-sheet.mjs OUT_FOLDER dashboard.json…');
const LOOKS = (process.env.LOOKS ?? 'dark-1280').split(',').map((look) => look.split('-'));
const MINUTES = 240;
const SERIES_PER_BODY = 300;
const HEIGHT_MAX = 6000;
const IDLE_MS = 8000;
const LOAD_MS = 30_000;
const SAID = [/Nothing here draws/, /Waits for [\w ]+/, /No data/, /Try again/];

await mkdir(folder, { recursive: true });
const [server, browser] = await Promise.all([startServer(), launch()]);
try {
  await seed(server, { minutes: MINUTES });
  /** @type {{ name: string, id: string }[]} */
  const boards = [];
  for (const file of files) boards.push(await put(file));
  for (const [theme, width] of LOOKS) await draw(boards, theme === 'light' ? 'light' : 'dark', width === '2560' ? 2560 : 1280);
} finally {
  await browser.close();
  await server.stop();
}

/** Stores a dashboard and what it asks for. @param {string} file */
async function put(file) {
  const isPreset = file.startsWith('preset:');
  const text = isPreset ? await (await server.send(`/api/v1/dashboard/${file.slice(7)}`)).text() : await readFile(file, 'utf8');
  const series = seriesOf(text.replaceAll('\\"', '"'), MINUTES);
  for (let at = 0; at < series.length; at += SERIES_PER_BODY) await server.metrics(series.slice(at, at + SERIES_PER_BODY));
  if (isPreset) return { name: file.slice(7), id: file.slice(7) };
  const { id: _id, ...body } = JSON.parse(text);
  const made = await (await server.send('/api/v1/dashboard', { method: 'POST', body: JSON.stringify(body) })).json();
  return { name: path.basename(file, '.json'), id: String(made.id) };
}

/** @param {readonly { name: string, id: string }[]} boards @param {'dark' | 'light'} theme @param {1280 | 2560} width */
async function draw(boards, theme, width) {
  const { page, context, faults } = await openPage(browser, server.url, { theme, width });
  await signIn(page, server);
  for (const { name, id } of boards) {
    const now = Date.now();
    await page.setViewportSize({ width, height: 800 });
    await page.goto(`/dashboard/${id}?from_ts=${now - 3 * 3_600_000}&to_ts=${now}&live=false`);
    await page.locator('[data-grid]').first().waitFor();
    const height = await page.locator('[data-grid]').evaluateAll((grids) => Math.max(...grids.map((grid) => grid.getBoundingClientRect().bottom)) + 40);
    await page.setViewportSize({ width, height: Math.min(HEIGHT_MAX, Math.max(800, Math.ceil(height))) });
    await page.waitForLoadState('networkidle', { timeout: IDLE_MS }).catch(() => {});
    await page.waitForFunction(() => !document.querySelector('[data-widget] [aria-label="Loading"], [class*="skeleton"]'), undefined, { timeout: LOAD_MS }).catch(() => {});
    await page.screenshot({ path: path.join(folder ?? '.', `${name}-${theme}-${width}.png`) });
    process.stdout.write(`${name}: ${await said(page)}\n`);
  }
  for (const fault of new Set(faults)) process.stdout.write(`fault: ${fault.slice(0, 300)}\n`);
  await context.close();
}

/** What stands in boxes in place of data, counted. @param {import('playwright-core').Page} page */
async function said(page) {
  const texts = await page.locator('[data-widget]').allInnerTexts();
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const text of texts) {
    for (const pattern of SAID) {
      const [found] = pattern.exec(text) ?? [];
      if (found) counts.set(found, (counts.get(found) ?? 0) + 1);
    }
  }
  return `${texts.length} widgets; ${[...counts].map(([text, count]) => `${count} × ${text}`).join(', ') || 'all drawn'}`;
}
