// @ts-check
/** Install an agent: the commands as they are typed, and the light that turns green. */
import assert from 'node:assert/strict';

import { axe, journeys, screenshots, wave } from './harness.mjs';

const world = journeys();

/** What the copy button of the nth block puts on the clipboard. @param {import('playwright-core').Page} page */
async function copied(page, at = 0) {
  await page.locator('ol figure').nth(at).getByRole('button', { name: 'Copy' }).click();
  return page.evaluate(() => navigator.clipboard.readText());
}

world.test('commands hold the key, masked to the eye, and the address', async ({ page, server }) => {
  await page.getByText(`••••••••${server.api_key.slice(-4)}`).first().waitFor();
  const first = await copied(page);
  assert.ok(first.includes(server.api_key) && first.includes('procyon-agent run'), first);
  assert.equal((await page.locator('ol').innerText()).includes(server.api_key), false, 'the key is masked');
  assert.deepEqual(await axe(page), []);
  await screenshots(page, 'install');

  await page.getByLabel('Address of this server').fill('10.0.0.5:8127');
  await page.getByRole('tab', { name: 'Datadog Agent' }).click();
  const yaml = await copied(page);
  for (const line of [`api_key: ${server.api_key}`, 'dd_url: http://10.0.0.5:8127', '  logs_dd_url: 10.0.0.5:8127', '  apm_dd_url: http://10.0.0.5:8127']) {
    assert.ok(yaml.split('\n').includes(line), `${line} in\n${yaml}`);
  }
  for (const platform of ['Docker', 'Kubernetes', 'macOS', 'Windows']) {
    await page.getByRole('tab', { name: platform }).click();
    await page.waitForURL(new RegExp(`platform=${platform.toLowerCase()}`));
    assert.ok((await copied(page)).includes(server.api_key), platform);
  }
  await page.getByRole('tab', { name: 'By site' }).click();
  await page.getByLabel('Site', { exact: true }).fill('obs.example.net');
  await page.getByText('app.obs.example.net').waitFor();
  assert.deepEqual(await axe(page), []);
  await page.getByRole('tab', { name: 'Your own code' }).click();
  for (const language of ['Python', 'Node.js', 'Go', 'Shell', 'HTTP, without an agent']) {
    await page.getByRole('tab', { name: language }).click();
    await page.locator('ol').getByText('page.views').first().waitFor();
  }
  assert.ok((await copied(page)).includes('http://10.0.0.5:8127/api/v2/series'));
}, { at: '/account/settings/agent' });

world.test('another key can be made here', async ({ page }) => {
  await page.getByRole('button', { name: 'New', exact: true }).click();
  await page.getByText(/^Made the key agents /).waitFor();
  const chosen = page.getByLabel('API key', { exact: true });
  await page.waitForFunction((select) => select?.selectedOptions[0]?.textContent?.startsWith('agents '), await chosen.elementHandle());
}, { at: '/account/settings/agent' });

world.test('the first data of a new host turns the light green', async ({ page, server }) => {
  await page.getByText('Waiting for the first data from a new host').waitFor();
  await server.metrics([wave({ metric: 'system.load.1', host: 'brand-new', minutes: 1 })]);
  await page.getByRole('status').filter({ hasText: 'Data arrives from brand-new' }).waitFor();
  assert.deepEqual(await axe(page), []);
}, { at: '/account/settings/agent' });

world.test('a refusal while one waits is said at once', async ({ page, server }) => {
  await page.getByText('Waiting for the first data from a new host').waitFor();
  await fetch(`${server.url}/api/v2/series`, { method: 'POST', headers: { 'dd-api-key': '0'.repeat(32), 'content-type': 'application/json' }, body: '{"series": []}' });
  await page.getByRole('alert').filter({ hasText: 'unknown API key' }).waitFor();
  await page.getByRole('link', { name: 'What to do' }).click();
  await page.getByRole('heading', { name: 'Why is nothing arriving?' }).waitFor();
}, { at: '/account/settings/agent' });
