// @ts-check
/** Metrics summary: what reports, what it is, and changing that. */
import assert from 'node:assert/strict';

import { axe, journeys, screenshots, wave } from './harness.mjs';

const world = journeys({
  seed: (server) =>
    server.metrics([
      ...['web-1', 'web-2', 'web-3'].map((host, at) => wave({ metric: 'system.cpu.user', host, base: 20 + at, tags: ['env:prod', `service:s${at}`] })),
      wave({ metric: 'shop.orders', host: 'web-1', type: 1, tags: ['env:dev'] }),
      ...Array.from({ length: 60 }, (_, at) => wave({ metric: `app.step_${at}.duration`, host: 'web-1', minutes: 2, tags: ['env:dev'] })),
    ]),
});
const HERE = '/metric/summary';

/** @param {import('playwright-core').Page} page @param {string} text */
const counted = (page, text) => page.getByRole('status').filter({ hasText: text }).waitFor();

world.test('filters by name, tag and type', async ({ page, expectFault }) => {
  expectFault(/400/);
  await counted(page, '62 metrics');
  assert.deepEqual(await axe(page), []);
  await screenshots(page, 'metrics-summary');
  await page.getByRole('searchbox', { name: 'Filter metrics by name' }).fill('user cpu');
  await counted(page, '1 of 62 metrics');
  await page.getByRole('row', { name: /system\.cpu\.user gauge percent 3 3/ }).waitFor();
  await page.getByRole('searchbox', { name: 'Filter metrics by name' }).fill('');
  await page.getByRole('searchbox', { name: 'Filter metrics by tags' }).fill('env:prod');
  await page.keyboard.press('Enter');
  await counted(page, '1 metric');
  await page.waitForURL(/tags=env%3Aprod/);
  await page.getByRole('searchbox', { name: 'Filter metrics by tags' }).fill('env:(');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  await page.getByRole('searchbox', { name: 'Filter metrics by tags' }).fill('');
  await page.keyboard.press('Enter');
  await page.getByLabel('Type').selectOption('count');
  await counted(page, '1 of 62 metrics');
  await page.getByRole('row', { name: /shop\.orders count/ }).waitFor();
  await page.getByLabel('Type').selectOption('rate');
  await page.getByText('No metric fits').waitFor();
}, { at: HERE });

world.test('sorts by cardinality', async ({ page }) => {
  await page.getByRole('button', { name: /^Series/ }).click();
  await page.getByRole('button', { name: /^Series/ }).click();
  await page.waitForURL(/sort=-series/);
  await page.getByRole('row').nth(1).getByText('system.cpu.user').waitFor();
}, { at: HERE });

world.test('the panel of a metric: tags, hosts, volume, metadata that is changed and undone', async ({ page, server, expectFault }) => {
  expectFault(/400/);
  const panel = page.getByRole('complementary', { name: 'Metric system.cpu.user' });
  await panel.getByRole('tab', { name: /Tags\s*3/ }).click();
  await panel.getByRole('button', { name: /^service/ }).click();
  await panel.getByRole('button', { name: 'service:s2' }).waitFor();
  assert.deepEqual(await axe(page), []);
  await screenshots(page, 'metric-panel');
  await panel.getByRole('tab', { name: /Hosts\s*3/ }).click();
  await panel.getByRole('button', { name: 'host:web-2' }).waitFor();
  await panel.getByRole('tab', { name: 'Volume' }).click();
  await panel.getByText('Ingested custom metrics').waitFor();

  await panel.getByRole('tab', { name: 'Metadata' }).click();
  await panel.getByRole('button', { name: 'Edit' }).click();
  await panel.getByLabel('Unit', { exact: true }).fill('parsnip');
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.getByText('"parsnip" is not a known unit').waitFor();
  assert.deepEqual(await axe(page), []);
  await panel.getByLabel('Unit', { exact: true }).fill('core');
  await panel.getByLabel('Description').fill('Busy cores');
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.getByText('Busy cores').waitFor();
  const read = async () => (await server.send('/api/v1/metrics/system.cpu.user')).json();
  assert.equal((await read()).unit, 'core');
  await page.getByRole('button', { name: 'Undo' }).click();
  await panel.getByText('Busy cores').waitFor({ state: 'detached' });
  assert.equal((await read()).description, null);

  await panel.getByRole('link', { name: 'Open in explorer' }).click();
  await page.waitForURL(/\/metric\/explorer\?a=avg/);
}, { at: `${HERE}?metric=system.cpu.user` });

world.test('an empty time says what comes next', async ({ page }) => {
  await page.getByText('No metric fits').waitFor();
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await counted(page, '62 metrics');
}, { at: `${HERE}?filter=nothing-like-this` });
