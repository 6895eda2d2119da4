// @ts-check
/** Asking for metrics and looking at them. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { axe, chooseTheme, journeys, screenshots, wave } from './harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

const HOSTS = ['web-1', 'web-2', 'web-3', 'web-10'];
const BY_HOST = 'avg:system.cpu.user{*} by {host}';

const world = journeys({
  seed: (server) =>
    server.metrics(
      HOSTS.flatMap((host, at) => [
        wave({ metric: 'system.cpu.user', host, unit: 'percent', base: 10 + at * 12, tags: [`env:${at < 3 ? 'prod' : 'staging'}`], ...(at === 1 ? { gap: /** @type {[number, number]} */ ([40, 20]) } : {}) }),
        wave({ metric: 'system.mem.used', host, unit: 'mebibyte', base: (at + 1) * 2000 }),
        wave({ metric: 'web.requests', host, base: 100 * (at + 1) }),
      ]),
    ),
});

/** @param {Record<string, string>} params */
const explorer = (params) => `/metric/explorer?${new URLSearchParams(params)}`;

/** @param {Page} page @param {number} count */
const chartOf = (page, count) => page.getByRole('img', { name: new RegExp(`: ${count} series$`) });

/** @param {Page} page @param {string} [name] */
const editor = (page, name = 'Query a') => page.getByRole('textbox', { name });

/** The middle of the drawing, and a way to places in it. @param {Page} page */
async function drawing(page) {
  const box = await page.locator('.u-over').first().boundingBox();
  assert.ok(box, 'the chart is drawn');
  return { at: (/** @type {number} */ x, /** @type {number} */ y) => /** @type {const} */ ([box.x + box.width * x, box.y + box.height * y]) };
}

world.test('a query is written with offers for metric, tag and value, and run', async ({ page }) => {
  await page.getByRole('heading', { name: 'Metrics of the last day' }).waitFor();
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press('/');
  await page.keyboard.type('avg:system.c');
  await page.getByRole('option', { name: /system\.cpu\.user/ }).waitFor();
  await page.keyboard.press('Enter');
  // The scope came along; its star is chosen and tags are offered.
  await page.getByRole('option', { name: /^env/ }).waitFor();
  assert.equal(await editor(page).innerText(), 'avg:system.cpu.user{*}');
  await page.keyboard.type('en');
  await page.keyboard.press('Enter');
  await page.getByRole('option', { name: /staging/ }).waitFor();
  await page.keyboard.type('pro');
  await page.getByRole('option', { name: /prod/ }).waitFor();
  await page.keyboard.press('Enter');
  assert.equal(await editor(page).innerText(), 'avg:system.cpu.user{env:prod}');
  await page.keyboard.press('End');
  await page.keyboard.type(' by {host');
  // What is written whole is run, though it is still offered.
  await page.getByRole('option', { name: /^host/ }).waitFor();
  await page.keyboard.press('Enter');
  await chartOf(page, 3).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('a'), 'avg:system.cpu.user{env:prod} by {host}');
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => document.activeElement === document.body), true, 'Esc leaves');
}, { at: '/metric/explorer' });

world.test('mistakes are underlined with what was expected', async ({ page }) => {
  await editor(page).click();
  await page.keyboard.insertText('avg:system.cpu.user{env:} by {host}');
  await page.locator('.cm-lintRange-error, .cm-lintPoint-error').first().waitFor();
  await page.keyboard.press('Control+Enter');
  await page.getByText(/expected a value/).first().waitFor();
  assert.deepEqual(await axe(page), []);
}, { at: '/metric/explorer' });

world.test('what the server refuses is said where the graph would be', async ({ page, expectFault }) => {
  expectFault(/400/);
  await page.goto(explorer({ a: 'avg:system.cpu.user{' }));
  await page.getByRole('alert').filter({ hasText: /Error parsing query/ }).first().waitFor();
  await page.getByRole('button', { name: 'Try again' }).waitFor();
});

world.test('when new data cannot be had, the old stays and says so', async ({ page, expectFault }) => {
  await chartOf(page, 4).waitFor();
  expectFault(/ERR_FAILED/);
  await page.route('**/api/**', (route) => route.abort());
  await page.getByText('shown is what came before').waitFor();
  await page.getByText('The server does not answer. What you see is from before').waitFor();
  await chartOf(page, 4).waitFor();
  await page.unroute('**/api/**');
  await page.getByText('shown is what came before').waitFor({ state: 'detached' });
}, { at: explorer({ a: BY_HOST }) });

world.test('the legend sorts, and shows one series or some', async ({ page }) => {
  await chartOf(page, 4).waitFor();
  const names = () => page.locator('tbody th').allInnerTexts();
  assert.deepEqual(await names(), ['host:web-10', 'host:web-3', 'host:web-2', 'host:web-1'], 'by average at first');
  await page.getByRole('button', { name: 'Series' }).click();
  assert.deepEqual(await names(), ['host:web-1', 'host:web-2', 'host:web-3', 'host:web-10'], 'names as people read them');
  const first = page.getByRole('button', { name: 'host:web-1', exact: true });
  await first.click();
  assert.equal(await page.locator('tbody button[aria-pressed="true"]').count(), 1);
  await first.click();
  assert.equal(await page.locator('tbody button[aria-pressed="true"]').count(), 4);
  await first.click({ modifiers: ['Control'] });
  assert.equal(await page.locator('tbody button[aria-pressed="true"]').count(), 3);
  assert.match((await page.locator('tbody td').first().innerText()), /%$/, 'in the metric’s unit');
}, { at: explorer({ a: BY_HOST }) });

world.test('hovering tells the values, the closest first; a click leads on', async ({ page }) => {
  await chartOf(page, 4).waitFor();
  const { at } = await drawing(page);
  await page.mouse.move(...at(0.5, 0.02));
  const tooltip = page.locator('[class*="tooltip"]').filter({ hasText: 'host:web-10' });
  await tooltip.waitFor();
  assert.match(await tooltip.innerText(), /20 s\s+host:web-10\s+[\d.]+%/);
  await page.mouse.click(...at(0.5, 0.02));
  await page.getByRole('menuitem', { name: 'Host web-10' }).waitFor();
  assert.deepEqual(await axe(page), []);
  await page.getByRole('menuitem', { name: 'Exclude host:web-10' }).click();
  await chartOf(page, 3).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('a'), 'avg:system.cpu.user{!host:web-10} by {host}');
}, { at: explorer({ a: BY_HOST }) });

world.test('a drag zooms the page’s time, Back returns', async ({ page }) => {
  await chartOf(page, 4).waitFor();
  const { at } = await drawing(page);
  await page.mouse.move(...at(0.25, 0.5));
  await page.mouse.down();
  await page.mouse.move(...at(0.5, 0.5), { steps: 4 });
  await page.mouse.up();
  await page.waitForURL(/from_ts=\d+&to_ts=\d+&live=false/);
  const { searchParams } = new URL(page.url());
  const width = Number(searchParams.get('to_ts')) - Number(searchParams.get('from_ts'));
  assert.ok(Math.abs(width - 15 * 60_000) < 60_000, `a quarter of an hour, not ${width} ms`);
  await page.getByRole('button', { name: 'Paused: go live' }).waitFor();
  await page.goBack();
  await page.getByRole('button', { name: 'Live', exact: true }).waitFor();
}, { at: explorer({ a: BY_HOST }) });

world.test('queries, formulas and looks are in the address', async ({ page }) => {
  await chartOf(page, 4).waitFor();
  await page.getByRole('button', { name: 'Query', exact: true }).click();
  await editor(page, 'Query b').click();
  await page.keyboard.insertText('sum:web.requests{*} by {host}');
  await page.keyboard.press('Control+Enter');
  await chartOf(page, 8).waitFor();
  await page.getByRole('button', { name: 'Formula', exact: true }).click();
  await page.keyboard.type('b / 100 + a');
  await page.keyboard.press('Control+Enter');
  await chartOf(page, 12).waitFor();
  await page.getByRole('button', { name: 'Draw query a' }).click();
  await page.getByRole('button', { name: 'Draw query b' }).click();
  await chartOf(page, 4).waitFor();
  await page.getByRole('tab', { name: 'Area' }).click();
  await page.getByRole('button', { name: 'One graph per group' }).click();
  await page.getByRole('figure').nth(3).waitFor();
  assert.equal(await page.getByRole('figure').count(), 4);
  const address = page.url();
  await page.reload();
  await page.getByRole('figure').nth(3).waitFor();
  assert.equal(page.url(), address);
  assert.equal(await page.getByRole('tab', { name: 'Area' }).getAttribute('aria-selected'), 'true');
  assert.equal(await editor(page, 'Formula 1').innerText(), 'b / 100 + a');
  await screenshots(page, 'metric-explorer-split');
  await page.getByRole('button', { name: 'Remove formula 1' }).click();
  await page.getByText('All queries are hidden').waitFor();
}, { at: explorer({ a: BY_HOST }) });

world.test('graphs of one page share the cursor', async ({ page }) => {
  await page.getByRole('figure').nth(3).waitFor();
  const { at } = await drawing(page);
  await page.mouse.move(...at(0.5, 0.5));
  const lines = page.locator('.u-cursor-x:not(.u-off)');
  await lines.nth(3).waitFor();
  const places = await lines.evaluateAll((all) => all.map((line) => new DOMMatrix(getComputedStyle(line).transform).e));
  const middle = places[0] ?? 0;
  assert.ok(places.every((place) => Math.abs(place - middle) < 3 && place > 0), `all at one moment: ${places.join()}`);
}, { at: explorer({ a: BY_HOST, split: 'group' }) });

world.test('an arrow up brings what was run before', async ({ page }) => {
  await chartOf(page, 4).waitFor();
  await editor(page).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText('max:system.cpu.user{*}');
  await page.keyboard.press('Control+Enter');
  await chartOf(page, 1).waitFor();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText('min:system.cpu.user{*}');
  await page.keyboard.press('Escape');
  await editor(page).focus();
  await page.keyboard.press('ArrowUp');
  assert.equal(await editor(page).innerText(), 'max:system.cpu.user{*}');
  await page.keyboard.press('ArrowDown');
  assert.equal(await editor(page).innerText(), 'min:system.cpu.user{*}');
}, { at: explorer({ a: BY_HOST }) });

world.test('a live graph moves: a new host appears by itself', async ({ page, server }) => {
  await server.metrics([wave({ metric: 'live.metric', host: 'early', minutes: 5 })]);
  await page.goto(explorer({ a: 'avg:live.metric{*} by {host}' }));
  await chartOf(page, 1).waitFor();
  await server.metrics([wave({ metric: 'live.metric', host: 'late', minutes: 5 })]);
  await chartOf(page, 2).waitFor();
  await page.getByRole('button', { name: 'host:late', exact: true }).waitFor();
});

world.test('a graph is exported as it is drawn', async ({ page }) => {
  await chartOf(page, 4).waitFor();
  const save = async (/** @type {string} */ kind) => {
    await page.getByRole('button', { name: 'Export' }).click();
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: kind }).click()]);
    return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
  };
  const csv = await save('CSV');
  const json = await save('JSON');
  const png = await save('PNG');
  assert.equal(csv.name, 'avg-system.cpu.user-by-host.csv');
  assert.match(String(csv.bytes), /^time,host:web-1,host:web-10,host:web-2,host:web-3\r\n2\d{3}-/);
  assert.equal(JSON.parse(String(json.bytes)).series.length, 4);
  assert.deepEqual([...png.bytes.subarray(1, 4)], [...Buffer.from('PNG')]);
}, { at: explorer({ a: BY_HOST }) });

world.test('no data says why', async ({ page }) => {
  await page.getByText('has not reported in the last day').waitFor();
  await page.goto(explorer({ a: 'avg:system.cpu.user{env:nowhere}' }));
  await page.getByText('nothing with these tags reported').waitFor();
}, { at: explorer({ a: 'avg:no.such.metric{*}' }) });

for (const address of ['/metric/explorer?a=%25%7B%00&span=zzz&kind=pie&off=,,&f1=(((', '/metric/explorer?from_ts=9&to_ts=1&live=maybe', '/metric/explorer?%ff=%']) {
  world.test(`a broken address still opens: ${address}`, async ({ page, expectFault }) => {
    expectFault(/400/);
    await page.goto(address);
    await page.getByRole('heading', { name: 'Metrics explorer' }).waitFor();
    await editor(page).waitFor();
  });
}

world.test('it looks right and everyone can use it, dark and light', async ({ page }) => {
  await chartOf(page, 5).waitFor();
  assert.deepEqual(await axe(page), []);
  await chooseTheme(page, 'Light');
  await chartOf(page, 5).waitFor();
  assert.deepEqual(await axe(page), []);
  await screenshots(page, 'metric-explorer');
}, { at: explorer({ a: BY_HOST, b: 'avg:system.cpu.user{*}', f1: 'a + b', off: 'f1' }) });

world.test('it is there at once, and small', async ({ page }) => {
  let bytes = 0;
  page.on('response', async (response) => {
    if (response.url().endsWith('.js')) bytes += (await response.request().sizes()).responseBodySize;
  });
  await page.goto(explorer({ a: BY_HOST }));
  await chartOf(page, 4).waitFor();
  const paint = await page.evaluate(
    () =>
      new Promise((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime)).observe({ type: 'largest-contentful-paint', buffered: true });
      }),
  );
  assert.ok(Number(paint) < 1000, `largest contentful paint at ${paint} ms`);
  assert.ok(bytes < 500_000, `${bytes} bytes of scripts`);
});
