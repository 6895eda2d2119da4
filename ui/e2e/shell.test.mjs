// @ts-check
/** Signing in, and what every page has around it. */
import assert from 'node:assert/strict';

import { axe, chooseTheme, journeys, screenshots } from './harness.mjs';

const world = journeys();

world.test(
  'signing in refuses a wrong password and returns to the page that was asked for',
  async ({ page, server, expectFault }) => {
    expectFault(/401/);
    await page.goto('/metric/explorer?span=4h');
    await page.getByRole('heading', { name: 'Sign in to Procyon' }).waitFor();
    assert.deepEqual(await axe(page), []);
    await page.getByLabel('E-mail').fill(server.email);
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').filter({ hasText: 'the e-mail or the password is wrong' }).waitFor();
    await page.getByLabel('Password').fill(server.password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Metrics explorer' }).waitFor();
    assert.match(page.url(), /\/metric\/explorer\?span=4h$/);
    assert.equal(await page.getByLabel('Time range').inputValue(), 'Past 4 hours');
  },
  { at: null },
);

world.test('an address of elsewhere is not followed after signing in', async ({ page }) => {
  await page.waitForURL((url) => url.pathname === '/');
  assert.equal(new URL(page.url()).hostname, '127.0.0.1');
}, { at: '//example.org/' });

world.test('themes: chosen, kept, and of the system', async ({ page }) => {
  await page.locator('html[data-theme="dark"]').waitFor();
  await chooseTheme(page, 'Light');
  await page.reload();
  await page.locator('html[data-theme="light"]').waitFor();
  assert.deepEqual(await axe(page), []);
  await chooseTheme(page, 'Dark');
  assert.deepEqual(await axe(page), []);
  await screenshots(page, 'home');
});

world.test('keys: help, palette, going places', async ({ page }) => {
  await page.getByRole('heading', { name: 'Home' }).waitFor();
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keys of this page' });
  await help.getByText('Go to Metrics').waitFor();
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'detached' });

  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await page.getByRole('heading', { name: 'Logs', exact: true }).waitFor();

  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('metrics exp');
  await page.getByRole('option', { name: /Metrics explorer/ }).waitFor();
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Metrics explorer' }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: 'Logs', exact: true }).waitFor();
});

world.test('time: typed, stepped, zoomed, live; all in the address', async ({ page }) => {
  const time = page.getByLabel('Time range');
  await page.keyboard.press('t');
  await time.fill('soon');
  await page.getByText('“soon” is not a time').waitFor();
  await time.fill('Jan 1 - Jan 2');
  await page.keyboard.press('Enter');
  await page.waitForURL(/from_ts=\d+&to_ts=\d+&live=false/);
  assert.match(await time.inputValue(), /^Jan 1 – Jan 2/);
  await page.keyboard.press('[');
  await page.waitForFunction(() => document.querySelector('input[aria-label="Time range"]')?.value.startsWith('Dec 30'));
  await page.keyboard.press('-');
  await page.waitForFunction(() => !document.querySelector('input[aria-label="Time range"]')?.value.startsWith('Dec 30'));
  await page.goBack();
  await page.goBack();
  await page.waitForFunction(() => document.querySelector('input[aria-label="Time range"]')?.value.startsWith('Jan 1'));
  await page.keyboard.press('l');
  await page.waitForURL(/span=2d/);
  assert.equal(await time.inputValue(), 'Past 2 days');
}, { at: '/metric/explorer' });

world.test('a session that ended leads to signing in again', async ({ page, expectFault }) => {
  expectFault(/401/);
  await page.context().clearCookies();
  await page.reload();
  await page.getByRole('heading', { name: 'Sign in to Procyon' }).waitFor();
  assert.match(page.url(), /next=%2Flogs/);
}, { at: '/logs' });

world.test('a server that is gone is said, and the page goes on when it is back', async ({ page, expectFault }) => {
  expectFault(/ERR_FAILED/);
  await page.route('**/api/**', (route) => route.abort());
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('anything');
  await page.getByText('The server does not answer').waitFor();
  await page.unroute('**/api/**');
  await page.getByText('The server does not answer').waitFor({ state: 'detached' });
});

world.test('what comes later says so, and so does an address that is wrong', async ({ page }) => {
  await page.getByText('arrives in a later version').waitFor();
  await page.goto('/no/such/page');
  await page.getByText('There is no such page').waitFor();
  await page.getByRole('link', { name: 'Go home' }).click();
  await page.getByRole('heading', { name: 'Home' }).waitFor();
}, { at: '/apm/home' });
