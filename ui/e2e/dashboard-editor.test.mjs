// @ts-check
/** The widget editor: a dashboard built by mouse and by keyboard, its JSON, and graphs put elsewhere. */
import assert from 'node:assert/strict';

import { graph, load, make, saved, widget } from './boards.mjs';
import { axe, boxOf, drag, journeys, screenshots, wave } from './harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

const world = journeys({
  seed: async (server) => {
    const hosts = ['web-1', 'web-2', 'db-1'];
    await server.metrics(hosts.flatMap((host, at) => [wave({ metric: 'system.cpu.user', host, base: 10 + at * 20, tags: ['env:prod'] }), wave({ metric: 'system.load.1', host, base: 1 + at })]));
  },
});

/** @param {Page} page */
const editor = (page) => page.getByRole('dialog', { name: /^(Add|Edit) / });

/** Replaces a query by typing, and takes what is offered. @param {Page} page @param {string} text */
async function typeQuery(page, text) {
  const query = editor(page).getByRole('textbox', { name: 'Query a', exact: true });
  await query.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}

world.test('a dashboard is built by mouse', async ({ page, server }) => {
  const { id } = await make(server, { title: 'Built' });
  await page.goto(`/dashboard/${id}?edit=true`);
  const tray = page.getByRole('complementary', { name: 'Widgets to add' });
  await tray.getByLabel('Find a kind of widget').fill('timeser');
  const kind = await boxOf(tray.getByRole('button', { name: 'Timeseries' }));
  await drag(page, { x: kind.x + 30, y: kind.y + 20 }, { x: 300, y: 220 });
  await editor(page).waitFor();
  assert.match(page.url(), /tile_focus=\d+/);
  await typeQuery(page, 'avg:system.lo');
  await page.getByRole('option', { name: /system\.load\.1/ }).first().waitFor();
  await page.keyboard.press('Enter');
  await editor(page).getByLabel('Title', { exact: true }).fill('Load');
  await editor(page).getByRole('region', { name: 'Preview' }).getByText('Load', { exact: true }).waitFor();
  await page.keyboard.press('Control+Enter');
  await editor(page).waitFor({ state: 'detached' });
  await widget(page, 'Load').waitFor();
  await saved(page);

  // Larger, by its corner.
  const frame = page.locator('[data-frame]').first();
  const before = await boxOf(frame);
  await drag(page, { x: before.x + before.width - 3, y: before.y + before.height - 3 }, { x: before.x + before.width * 1.5, y: before.y + before.height * 1.5 });
  const after = await boxOf(frame);
  assert.ok(after.width > before.width + 50 && after.height > before.height + 50, 'it is larger');

  // A second one, by a click: it goes to the first free place.
  await tray.getByLabel('Find a kind of widget').fill('');
  await tray.getByRole('button', { name: 'Query value' }).click();
  await editor(page).waitFor();
  await editor(page).getByLabel('Title', { exact: true }).fill('CPU now');
  await editor(page).getByRole('button', { name: 'Save' }).click();
  await widget(page, 'CPU now').waitFor();

  // Adding and editing it is one step.
  await page.keyboard.press('Control+Z');
  await widget(page, 'CPU now').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+Shift+Z');
  await widget(page, 'CPU now').waitFor();
  await saved(page);
  const kept = await load(server, id);
  assert.deepEqual(kept.widgets.map((/** @type {any} */ one) => one.definition.title), ['Load', 'CPU now']);
  assert.match(kept.widgets[0].definition.requests[0].queries[0].query, /system\.load\.1/);
  assert.equal(kept.widgets[0].layout.width > 4, true);

  await page.reload();
  await widget(page, 'Load').waitFor();
  await widget(page, 'CPU now').waitFor();
  assert.deepEqual((await load(server, id)).widgets, kept.widgets);
});

world.test('leaving without saving asks, and takes a new widget away', async ({ page, server }) => {
  const { id } = await make(server, { title: 'Left' });
  await page.goto(`/dashboard/${id}?edit=true`);
  // Only with the keyboard.
  await page.getByLabel('Find a kind of widget').focus();
  await page.keyboard.type('note');
  await page.keyboard.press('Enter');
  await editor(page).getByLabel('Markdown').waitFor();
  await page.keyboard.type('Hello ');
  await page.keyboard.press('Escape');
  const question = page.getByRole('alertdialog');
  await question.getByText('Leave without adding this widget?').waitFor();
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await question.getByRole('button', { name: 'Discard' }).click();
  await editor(page).waitFor({ state: 'detached' });
  assert.equal(await page.locator('[data-frame]').count(), 0);
});

world.test('queries, formulas and how they look', async ({ page, server }) => {
  const { id } = await make(server, { title: 'Forms', widgets: [{ id: 7, ...graph('CPU', 'avg:system.cpu.user{*} by {host}') }] });
  await page.goto(`/dashboard/${id}?tile_focus=7`);
  await editor(page).getByRole('button', { name: 'Add query' }).click();
  await editor(page).getByRole('textbox', { name: 'Query b', exact: true }).waitFor();
  await editor(page).getByRole('button', { name: 'Add formula' }).click();
  await editor(page).getByRole('textbox', { name: 'Formula 1', exact: true }).getByText('a / b').waitFor();
  await editor(page).getByLabel('Name of formula 1').fill('share');
  await editor(page).getByLabel('Display', { exact: true }).selectOption('area');
  await editor(page).getByRole('button', { name: 'Markers' }).click();
  await editor(page).getByRole('button', { name: 'Add marker' }).click();
  await editor(page).getByLabel('Value', { exact: true }).last().fill('y > 80');
  await editor(page).getByRole('button', { name: 'Save' }).click();
  await editor(page).waitFor({ state: 'detached' });
  await saved(page);
  const [{ definition }] = (await load(server, id)).widgets;
  const [request] = definition.requests;
  assert.deepEqual(request.formulas, [{ formula: 'query1 / query2', alias: 'share' }]);
  assert.deepEqual(request.queries.map((/** @type {any} */ query) => query.name), ['query1', 'query2']);
  assert.equal(request.display_type, 'area');
  assert.deepEqual(definition.markers, [{ value: 'y > 80', display_type: 'error dashed' }]);
});

world.test('JSON applies as it is typed, and what is refused is said with its place', async ({ page, server, expectFault }) => {
  expectFault(/400/);
  const { id } = await make(server, { title: 'JSON', widgets: [{ id: 7, ...graph('CPU', 'avg:system.cpu.user{*}') }] });
  await page.goto(`/dashboard/${id}?tile_focus=7`);
  await editor(page).getByRole('tab', { name: 'JSON' }).click();
  const json = editor(page).getByRole('textbox', { name: 'Definition as JSON' });
  const write = async (/** @type {object | string} */ value) => {
    await json.click();
    await page.keyboard.press('Control+A');
    // As pasted: typed letter by letter it would close brackets by itself.
    await page.evaluate((text) => navigator.clipboard.writeText(text), typeof value === 'string' ? value : JSON.stringify(value, null, 2));
    await page.keyboard.press('Control+V');
  };
  const { definition } = graph('Renamed', 'avg:system.load.1{*}');
  await write(definition);
  await editor(page).getByRole('region', { name: 'Preview' }).getByText('Renamed').waitFor();
  await write({ ...definition, requests: [{ ...definition.requests[0], display_type: 'lines' }] });
  await editor(page).getByRole('alert').getByText('requests[0].display_type').waitFor();
  await write('{ "type": ');
  await editor(page).getByRole('alert').getByText(/shows what could be read last/).waitFor();
  assert.equal(await editor(page).getByRole('button', { name: 'Save' }).isDisabled(), true);
  await write(definition);
  await page.keyboard.press('Control+Enter');
  await editor(page).waitFor({ state: 'detached' });
  await widget(page, 'Renamed').waitFor();
});

world.test('a widget goes to another dashboard: by the clipboard, and by its menu', async ({ page, server }) => {
  const from = await make(server, { title: 'Source of it', widgets: [graph('Travels', 'avg:system.cpu.user{*}')] });
  const to = await make(server, { title: 'Where it goes' });
  await page.goto(`/dashboard/${from.id}`);
  await widget(page, 'Travels').hover();
  await page.keyboard.press('Control+C');
  await page.goto(`/dashboard/${to.id}`);
  await page.getByText('Where it goes').first().waitFor();
  await page.keyboard.press('Control+V');
  await widget(page, 'Travels').waitFor();
  await saved(page);

  await page.goto(`/dashboard/${from.id}`);
  await widget(page, 'Travels').hover();
  await page.getByRole('button', { name: 'Widget menu' }).first().click();
  await page.getByRole('menuitem', { name: 'Add to dashboard…' }).click();
  await page.getByLabel('Find a dashboard').fill('where it');
  await page.getByRole('option', { name: /Where it goes/ }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('Added to Where it goes').waitFor();
  assert.equal((await load(server, to.id)).widgets.length, 2);
  await page.getByRole('link', { name: 'Open' }).click();
  await widget(page, 'Travels').nth(1).waitFor();
});

world.test('a graph of the explorer goes onto a new dashboard', async ({ page }) => {
  await page.goto('/metric/explorer?a=avg:system.load.1{*}');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'Add to dashboard…' }).click();
  await page.getByLabel('Find a dashboard').fill('From the explorer');
  await page.getByRole('option', { name: /New dashboard/ }).click();
  await page.getByRole('link', { name: 'Open' }).click();
  await page.getByRole('heading', { name: 'From the explorer' }).waitFor();
  await widget(page, 'avg:system.load.1{*}').waitFor();
});

for (const theme of /** @type {const} */ (['dark', 'light'])) {
  world.test(
    `nothing serious is wrong with the editor for those who cannot see it, ${theme}`,
    async ({ page, server }) => {
      const { id } = await make(server, { title: 'Look', widgets: [{ id: 7, ...graph('CPU', 'avg:system.cpu.user{*} by {host}') }] });
      await page.goto(`/dashboard/${id}?edit=true`);
      await widget(page, 'CPU').waitFor();
      assert.deepEqual(await axe(page), []);
      await page.goto(`/dashboard/${id}?tile_focus=7`);
      await editor(page).locator('canvas').first().waitFor();
      assert.deepEqual(await axe(page), []);
      await screenshots(page, `dashboard-editor-${theme}`);
      await editor(page).getByRole('tab', { name: 'JSON' }).click();
      await editor(page).getByRole('textbox', { name: 'Definition as JSON' }).waitFor();
      assert.deepEqual(await axe(page), []);
    },
    { theme },
  );
}
