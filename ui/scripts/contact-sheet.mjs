// @ts-check
/**
 * Draws dashboards from files with series under their metric names, one picture each, to look at:
 *
 *   PROCYON_BIN=../target/debug/procyon node scripts/contact-sheet.mjs OUT_FOLDER dashboard.json…
 *
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
const MINUTES = 240;
const SERIES_PER_BODY = 300;
const SAID = [/Nothing here draws/, /Waits for [\w ]+/, /No data/, /Try again/];

await mkdir(folder, { recursive: true });
const [server, browser] = await Promise.all([startServer(), launch()]);
try {
  await seed(server, { minutes: MINUTES });
  const { page, faults } = await openPage(browser, server.url, { theme: 'dark' });
  await signIn(page, server);
  for (const file of files) {
    const text = await readFile(file, 'utf8');
    const dashboard = JSON.parse(text);
    const series = seriesOf(text.replaceAll('\\"', '"'), MINUTES);
    for (let at = 0; at < series.length; at += SERIES_PER_BODY) await server.metrics(series.slice(at, at + SERIES_PER_BODY));
    const { id: _id, ...body } = dashboard;
    const made = await (await server.send('/api/v1/dashboard', { method: 'POST', body: JSON.stringify(body) })).json();
    const now = Date.now();
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`/dashboard/${made.id}?from_ts=${now - 3 * 3_600_000}&to_ts=${now}&live=false`);
    await page.locator('[data-grid]').first().waitFor();
    const height = await page.locator('[data-grid]').first().evaluate((grid) => grid.scrollHeight + 160);
    await page.setViewportSize({ width: 1280, height: Math.min(6000, Math.max(800, height)) });
    await page.waitForLoadState('networkidle');
    await page.locator('[class*="skeleton"]').first().waitFor({ state: 'detached' });
    const name = path.basename(file, '.json');
    await page.screenshot({ path: path.join(folder, `${name}.png`) });
    process.stdout.write(`${name}: ${await said(page)}\n`);
  }
  for (const fault of new Set(faults)) process.stdout.write(`fault: ${fault.slice(0, 300)}\n`);
} finally {
  await browser.close();
  await server.stop();
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
