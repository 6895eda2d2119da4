// @ts-check
/** Dashboards for people without an account, in a frame of another site, and pictures by mail. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before } from 'node:test';

import { openPage } from './browser.mjs';
import { axe, journeys, wave } from './harness.mjs';
import { startMailServer } from './mail.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('./server.mjs').Server} Server */

/** @type {Awaited<ReturnType<typeof startMailServer>>} */
let mails;
/** Two sites of others: browsers tell them apart by their names. */
const site = createServer((request, answer) => {
  const target = new URL(request.url ?? '/', 'http://site').searchParams.get('show') ?? '';
  answer.setHeader('content-type', 'text/html').end(`<!doctype html><title>wiki</title><iframe title="board" width="1200" height="700" src="${target}"></iframe>`);
});
let port = 0;

before(async () => {
  await new Promise((resolve) => site.listen(0, () => resolve(undefined)));
  const address = site.address();
  if (typeof address === 'object' && address) port = address.port;
});
after(() => {
  site.close();
  mails?.stop();
});

const { test } = journeys({
  args: async () => {
    mails = await startMailServer();
    return ['--smtp-url', mails.url, '--mail-from', 'Procyon <ops@example.com>'];
  },
  seed: async (server) => {
    const envs = ['prod', 'qa', 'secret'];
    await server.metrics(envs.map((env, at) => wave({ metric: 'shop.load', host: `web-${env}`, tags: [`env:${env}`], base: 10 * (at + 1) })));
  },
});

/** @param {Server} server @param {string} title @returns {Promise<string>} */
async function make(server, title) {
  const request = { response_format: 'timeseries', queries: [{ data_source: 'metrics', name: 'query1', query: 'avg:shop.load{$env}' }], formulas: [{ formula: 'query1' }], display_type: 'line' };
  const widgets = [{ definition: { type: 'timeseries', title: 'Load', requests: [request] }, layout: { x: 0, y: 0, width: 6, height: 3 } }];
  const template_variables = [{ name: 'env', prefix: 'env', available_values: ['prod', 'qa'], defaults: ['prod'] }];
  const answer = await server.send('/api/v1/dashboard', { method: 'POST', body: JSON.stringify({ title, layout_type: 'ordered', widgets, template_variables }) });
  return (await answer.json()).id;
}

/** @param {Page} page */
const load = (page) => page.getByRole('region', { name: 'Load', exact: true });

/** The next answer to a visitor's query. @param {Page} page */
const answered = (page) => page.waitForResponse((response) => /\/api\/procyon\/public\/.*\/query\//.test(response.url()));

/** Opens the dialog of public links. @param {Page} page @param {string} id */
async function openDialog(page, id) {
  await page.goto(`/dashboard/${id}`);
  await load(page).waitFor();
  await page.getByRole('button', { name: 'Dashboard menu' }).click();
  await page.getByRole('menuitem', { name: 'Share…' }).click();
  return page.getByRole('dialog');
}

test('a dashboard is read by its link without an account, within its scope, until the link is revoked', async ({ page, server }) => {
  const id = await make(server, 'The shop');
  const dialog = await openDialog(page, id);
  await dialog.getByLabel('$env').check();
  await dialog.getByRole('button', { name: 'Make link' }).click();
  const link = await dialog.getByLabel('Public link').inputValue();
  assert.match(link, new RegExp(`^${server.url}/public/1-[0-9a-f]{32}$`));
  assert.deepEqual(await axe(page), []);

  const browser = page.context().browser();
  assert.ok(browser);
  const visitor = await openPage(browser, server.url);
  const first = answered(visitor.page);
  await visitor.page.goto(link);
  assert.equal((await first).status(), 200);
  await visitor.page.getByRole('heading', { name: 'The shop' }).waitFor();
  await load(visitor.page).waitFor();
  assert.equal(await visitor.page.getByRole('navigation', { name: 'Main' }).count(), 0);
  assert.deepEqual(await axe(visitor.page), []);

  // What the share lets people choose.
  await visitor.page.getByRole('button', { name: /env/ }).click();
  const chosen = answered(visitor.page);
  await visitor.page.getByRole('option', { name: 'qa' }).click();
  const values = (await (await chosen).json()).data.attributes.values[0].filter((/** @type {number | null} */ value) => value !== null);
  assert.ok(values.length > 0 && Math.min(...values) > 10 && Math.max(...values) < 32, `qa lies about 20: ${values.slice(0, 3)}`);

  // What it does not, asked by hand.
  const token = link.split('/').pop();
  const now = Date.now();
  const ask = (/** @type {string} */ query, /** @type {string[]} */ env) =>
    visitor.page.request.post(`/api/procyon/public/${token}/query/timeseries`, {
      data: { variables: { env }, data: { type: 'timeseries_request', attributes: { from: now - 3_600_000, to: now, formulas: [{ formula: 'a' }], queries: [{ data_source: 'metrics', name: 'a', query }] } } },
    });
  assert.equal((await ask('avg:shop.load{env:prod}', ['prod'])).status(), 200);
  assert.equal((await ask('avg:shop.load{env:secret}', ['secret'])).status(), 403);
  assert.equal((await ask('avg:shop.load{env:secret}', ['prod'])).status(), 403);
  assert.equal((await ask('avg:shop.load{*}', ['prod'])).status(), 403);
  assert.equal((await ask('avg:shop.load{*} by {env}', ['prod'])).status(), 403);
  for (const path of [`/api/v1/dashboard/${id}`, '/api/v1/metrics?from=1', '/api/procyon/page']) {
    assert.equal((await visitor.page.request.get(path)).status(), 401, path);
  }
  visitor.expectFault(/403/);
  const refused = answered(visitor.page);
  await visitor.page.goto(`${link}?tpl_var_env=secret`);
  assert.equal((await refused).status(), 403);
  await load(visitor.page).getByText(/not shared/).waitFor();

  await dialog.getByRole('button', { name: 'Revoke the link' }).click();
  await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
  await dialog.getByLabel('Public link').waitFor({ state: 'detached' });
  visitor.expectFault(/404/);
  await visitor.page.goto(link);
  await visitor.page.getByText('This dashboard is not shared').waitFor();
  assert.equal((await ask('avg:shop.load{env:prod}', ['prod'])).status(), 404);
  assert.deepEqual(visitor.faults, []);
  await visitor.context.close();
});

test('a dashboard stands in a frame of the sites that it is shared with, and nowhere else', async ({ page, server }) => {
  const id = await make(server, 'Framed');
  const dialog = await openDialog(page, id);
  await dialog.getByLabel('For').selectOption({ label: 'Pages of other sites' });
  await dialog.getByLabel('Sites').fill(`localhost:${port}`);
  await dialog.getByRole('button', { name: 'Make link' }).click();
  const frame = await dialog.getByRole('textbox', { name: 'Frame' }).inputValue();
  const link = /src="([^"]+)"/.exec(frame)?.[1] ?? '';
  assert.match(link, /\/embed\/1-[0-9a-f]{32}$/);
  await screenshotsOfDialog(page);

  const browser = page.context().browser();
  assert.ok(browser);
  const visitor = await openPage(browser, server.url);
  visitor.expectFault(/frame-ancestors|ERR_BLOCKED_BY_RESPONSE|favicon|403/);
  const show = (/** @type {string} */ host, /** @type {string} */ target) => visitor.page.goto(`http://${host}:${port}/?show=${encodeURIComponent(target)}`);
  const inside = visitor.page.frameLocator('iframe');
  await show('localhost', link);
  await inside.getByRole('heading', { name: 'Framed' }).waitFor();
  await inside.getByRole('region', { name: 'Load', exact: true }).waitFor();

  const blocked = async (/** @type {string} */ host, /** @type {string} */ target) => {
    const message = visitor.page.waitForEvent('console', (one) => /frame-ancestors/.test(one.text()));
    await show(host, target);
    await message;
    assert.equal(await inside.getByRole('heading').count(), 0, `${target} in ${host}`);
  };
  await blocked('127.0.0.1', link);
  for (const path of ['/', '/signin', `/dashboard/${id}`, link.replace(server.url, '').replace('/embed/', '/public/')]) await blocked('localhost', server.url + path);

  // Opened by itself it is refused: it is meant for the site's page.
  const alone = await visitor.page.goto(link);
  assert.equal(alone?.status(), 403);
  assert.deepEqual(visitor.faults, []);
  await visitor.context.close();
});

/** @param {Page} page */
async function screenshotsOfDialog(page) {
  const folder = process.env.PROCYON_SCREENSHOTS;
  if (folder) await page.screenshot({ path: `${folder}/share-embed.png` });
}

test('a picture of a graph arrives by mail with its note', async ({ page, server }) => {
  const id = await make(server, 'By mail');
  await page.goto(`/dashboard/${id}`);
  await load(page).hover();
  await page.keyboard.press('s');
  const dialog = page.getByRole('dialog', { name: 'Share snapshot' });
  await dialog.getByRole('img').waitFor();
  await dialog.getByRole('combobox').fill('Look at this, @ada@example.org');
  await dialog.getByRole('button', { name: 'Send' }).click();
  await page.getByText('Sent to ada@example.org').waitFor();
  const mail = await mails.next();
  assert.deepEqual(mail.to, ['ada@example.org']);
  assert.match(mail.text, /^From: Procyon <ops@example\.com>$/im);
  assert.match(mail.text, /Look at this/);
  const picture = /Content-Type: image\/png[^]*?\n\n([A-Za-z0-9+/=\n]+)/.exec(mail.text)?.[1] ?? '';
  const bytes = Buffer.from(picture, 'base64');
  assert.deepEqual([...bytes.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
  assert.ok(bytes.length > 5000, 'it shows something');
  assert.match(mail.text, new RegExp(`/dashboard/${id}`));
});
