// @ts-check
/** Keys: made, used, renamed, revoked. */
import assert from 'node:assert/strict';

import { axe, journeys, screenshots } from './harness.mjs';

const world = journeys();

/** @param {string} url @param {string} key */
const validate = async (url, key) => (await fetch(`${url}/api/v1/validate`, { headers: { 'dd-api-key': key } })).status;

world.test('an API key is made, works, is renamed, and ends', async ({ page, server }) => {
  await page.getByRole('row', { name: /First API key/ }).waitFor();
  assert.deepEqual(await axe(page), []);
  await screenshots(page, 'api-keys');
  await page.getByRole('button', { name: 'New Key' }).click();
  const panel = page.getByRole('complementary', { name: 'New API key' });
  await panel.getByRole('button', { name: 'Create Key' }).click();
  await panel.getByText('Name is required').waitFor();
  await panel.getByLabel('Name').fill('web fleet');
  await page.keyboard.press('Enter');
  await panel.getByText('The key is ready.').waitFor();
  const value = await panel.locator('pre code').innerText();
  assert.match(value, /^[0-9a-f]{32}$/);
  assert.equal(await validate(server.url, value), 200);
  assert.deepEqual(await axe(page), []);
  await panel.getByRole('button', { name: 'Done' }).click();

  await page.getByRole('row', { name: /web fleet/ }).click();
  const key = page.getByRole('complementary', { name: 'API key', exact: true });
  await key.getByRole('button', { name: 'Show' }).click();
  await key.getByText(value).waitFor();
  await key.getByLabel('Name').fill('web and api');
  await key.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row', { name: /web and api/ }).waitFor();

  await key.getByRole('button', { name: 'Revoke Key' }).click();
  const dialog = page.getByRole('dialog', { name: 'Revoke web and api?' });
  const revoke = dialog.getByRole('button', { name: 'Revoke Key' });
  await dialog.getByRole('textbox').fill('web');
  assert.equal(await revoke.isDisabled(), true, 'the whole name has to be typed');
  await dialog.getByRole('textbox').fill('web and api');
  assert.deepEqual(await axe(page), []);
  await revoke.click();
  // While it is open nothing behind it has a role.
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('row', { name: /web and api/ }).waitFor({ state: 'detached' });
  assert.equal(await validate(server.url, value), 403);
}, { at: '/organization-settings/api-keys' });

world.test('an application key may do what its scopes name', async ({ page, server }) => {
  await page.getByRole('link', { name: 'Application Keys' }).click();
  await page.getByRole('row', { name: /First application key/ }).waitFor();
  await page.getByRole('button', { name: 'New Key' }).click();
  const panel = page.getByRole('complementary', { name: 'New application key' });
  await panel.getByLabel('Name').fill('reader');
  await panel.getByRole('tab', { name: /Chosen scopes/ }).click();
  await panel.getByRole('button', { name: 'Create Key' }).click();
  await panel.getByText('Choose at least one scope').waitFor();
  await panel.getByLabel('Search scopes').fill('metrics_read');
  await panel.getByLabel('metrics_read', { exact: true }).check();
  assert.deepEqual(await axe(page), []);
  await screenshots(page, 'new-application-key');
  await panel.getByRole('button', { name: 'Create Key' }).click();
  const value = await panel.locator('pre code').innerText();
  assert.match(value, /^[0-9a-f]{40}$/);
  /** @param {string} path */
  const ask = async (path) => (await fetch(server.url + path, { headers: { 'dd-api-key': server.api_key, 'dd-application-key': value } })).status;
  assert.equal(await ask('/api/v2/metrics'), 200);
  assert.equal(await ask('/api/v2/events'), 403);
  await panel.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('row', { name: /reader.*metrics_read/ }).waitFor();
}, { at: '/organization-settings/api-keys' });

world.test('a name that is looked for, and one that nothing has', async ({ page }) => {
  await page.getByRole('searchbox').fill('no such key');
  await page.getByText('No key fits the search').waitFor();
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await page.getByRole('row', { name: /First API key/ }).waitFor();
}, { at: '/organization-settings/api-keys' });

world.test('who may not read keys is told so', async ({ page, expectFault }) => {
  expectFault(/403/);
  await page.route('**/api/v2/api_keys?*', (route) => route.fulfill({ status: 403, json: { errors: ['Forbidden: api_keys_read is needed'] } }));
  await page.goto('/organization-settings/api-keys');
  await page.getByRole('alert').filter({ hasText: 'api_keys_read is needed' }).waitFor();
  await page.getByText('Your roles do not grant this').waitFor();
});
