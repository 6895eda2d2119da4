// @ts-check
/** Why is nothing arriving? */
import assert from 'node:assert/strict';

import { axe, journeys, screenshots } from './harness.mjs';

const world = journeys();
const HERE = '/account/settings/intake';

/** @param {import('./server.mjs').Server} server @param {string} path @param {string} body */
const post = (server, path, body, key = server.api_key) => fetch(server.url + path, { method: 'POST', headers: { 'dd-api-key': key, 'content-type': 'application/json' }, body });

world.test('from silence to reasons', async ({ page, server }) => {
  await page.getByRole('heading', { name: 'Nothing was sent here since the server started' }).waitFor();
  await page.getByText('Is this server reached at all?').waitFor();
  assert.deepEqual(await axe(page), []);

  // A broken payload: its reason and its head, in time without a reload.
  const broken = '{"series": [{"metric": "shop.orders", "points": [[';
  assert.equal((await post(server, '/api/v2/series', broken)).status, 400);
  await page.getByRole('heading', { name: 'All that arrived was refused' }).waitFor();
  await page.getByRole('row', { name: /Metrics.*Bad JSON/ }).click();
  const panel = page.getByRole('complementary', { name: 'Route /api/v2/series' });
  await panel.getByText(broken).waitFor();
  await panel.getByText('What to do:').waitFor();
  await panel.getByText(/invalid JSON at byte \d+/).waitFor();
  assert.match(page.url(), /route=/);
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press('Escape');

  // A key that is none, and data that is thrown away, told loudly.
  assert.equal((await post(server, '/api/v1/series', '{}', 'f'.repeat(32))).status, 403);
  assert.equal((await post(server, '/api/v2/logs', '[]')).status, 202);
  await page.getByText('1 request with a key that is not valid refused').waitFor();
  await page.getByText('1 payload taken and thrown away').waitFor();
  await page.getByRole('button', { name: 'Logs (1)' }).waitFor();

  // And what is good.
  await server.metrics([{ metric: 'a', type: 3, points: [{ timestamp: Math.floor(Date.now() / 1000), value: 1 }] }]);
  await page.getByRole('heading', { name: 'Data arrives, but some senders have wrong keys' }).waitFor();
  assert.deepEqual(await axe(page), []);
  await screenshots(page, 'intake');

  await page.getByRole('tab', { name: /With problems/ }).click();
  await page.getByRole('searchbox').fill('unknown_api');
  const rows = page.getByRole('rowgroup').getByRole('row');
  await page.getByRole('row', { name: /\/api\/v1\/series/ }).waitFor();
  assert.equal(await rows.count(), 1);
  await page.reload();
  await page.getByRole('row', { name: /\/api\/v1\/series/ }).waitFor();
  assert.equal(await rows.count(), 1, 'the filter is in the address');
}, { at: HERE });

world.test('the short address leads there too', async ({ page }) => {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('nothing arriving');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Why is nothing arriving?' }).waitFor();
});
