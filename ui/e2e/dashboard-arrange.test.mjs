// @ts-check
/** Several widgets at once, and tabs: by mouse, by keyboard, undone in one step, kept in the JSON. */
import assert from 'node:assert/strict';

import { load, make, note, places, saved } from './boards.mjs';
import { axe, boxOf, drag, journeys, screenshots } from './harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

const world = journeys();


const SIX = [1, 2, 3, 4, 5, 6].map((id) => ({ id, ...note(`note ${id}`, [((id - 1) % 3) * 4, Math.floor((id - 1) / 3) * 2, 4, 2]) }));

/** @param {Page} page @param {number} id */
const frame = (page, id) => page.locator(`[data-frame="${id}"]`);
/** @param {Page} page @param {number} count */
const selected = (page, count) => page.getByRole('toolbar', { name: 'Selected widgets' }).getByText(`${count} selected`).waitFor();
/** Ids of the widgets that are shown. @param {Page} page */
const shown = (page) => page.locator('[data-frame]').evaluateAll((all) => all.map((one) => Number(one.getAttribute('data-frame'))).sort((a, b) => a - b));
/** @param {any} dashboard */
const layouts = (dashboard) => Object.fromEntries(dashboard.widgets.map((/** @type {any} */ { id, layout: { x, y } }) => [id, [x, y]]));
/** @param {any} dashboard */
const tabsOf = (dashboard) => (dashboard.tabs ?? []).map((/** @type {any} */ { name, widget_ids }) => [name, widget_ids]);

world.test('several widgets are selected by box and by click, and moved, copied, grouped and deleted as one', async ({ page, server }) => {
  const { id } = await make(server, { title: 'Many', reflow_type: 'fixed', widgets: SIX });
  await page.goto(`/dashboard/${id}?edit=true`);
  await frame(page, 6).waitFor();
  const board = await boxOf(page.locator('[data-board]'));

  // A box over the first two columns of the second row, from below.
  const five = await boxOf(frame(page, 5));
  await drag(page, { x: five.x + five.width - 20, y: five.y + five.height + 60 }, { x: board.x + 30, y: five.y + 40 });
  await selected(page, 2);
  // And two more by clicks; one of them not.
  await frame(page, 1).click({ modifiers: ['Control'] });
  await frame(page, 3).click({ modifiers: ['Shift'] });
  await selected(page, 4);
  await frame(page, 3).click({ modifiers: ['Control'] });
  await selected(page, 3);
  assert.deepEqual(await axe(page), []);
  await screenshots(page, 'dashboard-selected');

  // All three by one of them, a column to the right: the others give way.
  const before = await places(page);
  const four = await boxOf(frame(page, 4));
  await drag(page, { x: four.x + 60, y: four.y + 12 }, { x: four.x + 60 + four.width + 8, y: four.y + 12 });
  await saved(page);
  assert.deepEqual(layouts(await load(server, id)), { 1: [4, 0], 4: [4, 2], 5: [8, 2], 3: [8, 0], 2: [4, 4], 6: [8, 4] });
  await selected(page, 3);
  await page.keyboard.press('Control+z');
  await saved(page);
  assert.deepEqual(await places(page), before, 'one step takes it back');

  // Copies stand together as well; the clipboard has all three.
  await page.keyboard.press('Control+d');
  await frame(page, 1).waitFor();
  assert.equal((await shown(page)).length, 9);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+c');
  await page.getByText('3 widgets copied').waitFor();
  assert.equal(JSON.parse(await page.evaluate(() => navigator.clipboard.readText())).length, 3);

  // Arrows move all of them, too.
  await frame(page, 4).focus();
  await page.keyboard.press('ArrowRight');
  await saved(page);
  const right = layouts(await load(server, id));
  assert.deepEqual([right[4][0], right[5][0], right[1][0]], [1, 5, 1], JSON.stringify(right));
  await page.keyboard.press('Control+z');

  // Into a group, and all away with one key: one step each.
  await page.keyboard.press('Control+g');
  await page.locator('[data-group] [data-frame]').nth(2).waitFor();
  await page.keyboard.press('Control+z');
  await page.locator('[data-group]').waitFor({ state: 'detached' });
  await page.locator('[data-board]').click({ position: { x: 5, y: 5 } });
  await page.keyboard.press('Control+a');
  await selected(page, 6);
  await page.keyboard.press('Delete');
  await page.getByText('This dashboard is empty').waitFor();
  await page.keyboard.press('Control+z');
  await frame(page, 6).waitFor();
  await saved(page);
  assert.deepEqual(layouts(await load(server, id)), layouts({ widgets: SIX }));

  // Escape leaves all of them alone.
  await page.keyboard.press('Control+a');
  await selected(page, 6);
  await page.keyboard.press('Escape');
  await page.getByRole('toolbar', { name: 'Selected widgets' }).waitFor({ state: 'detached' });
});

world.test('tabs are added, named, moved and deleted; widgets go from one to another', async ({ page, server }) => {
  const { id } = await make(server, { title: 'Tabbed', reflow_type: 'fixed', widgets: SIX });
  await page.goto(`/dashboard/${id}?edit=true`);
  const tab = (/** @type {string} */ name) => page.getByRole('tab', { name, exact: true });
  await page.getByRole('button', { name: 'Add tabs' }).click();
  await tab('Tab 1').waitFor();
  assert.deepEqual(await shown(page), []);

  // Named by a double click, by Enter; not by Escape.
  await tab('Tab 2').dblclick();
  await page.getByLabel('Name of the tab').fill('Database');
  await page.keyboard.press('Enter');
  await tab('Database').waitFor();
  await page.keyboard.press('F2');
  await page.getByLabel('Name of the tab').fill('Nothing');
  await page.keyboard.press('Escape');
  await tab('Database').waitFor();
  await saved(page);
  assert.deepEqual(tabsOf(await load(server, id)), [['Tab 1', [1, 2, 3, 4, 5, 6]], ['Database', []]]);
  assert.deepEqual(await axe(page), []);

  // Onto a tab by mouse: two at once.
  await tab('Tab 1').click();
  await frame(page, 2).click();
  await frame(page, 5).click({ modifiers: ['Shift'] });
  await selected(page, 2);
  const [from, to] = [await boxOf(frame(page, 5)), await boxOf(tab('Database'))];
  await drag(page, { x: from.x + 60, y: from.y + 12 }, { x: to.x + to.width / 2, y: to.y + to.height / 2 });
  await frame(page, 5).waitFor({ state: 'detached' });
  assert.deepEqual(await shown(page), [1, 3, 4, 6]);
  // And by the menu.
  await frame(page, 1).hover();
  await frame(page, 1).getByRole('button', { name: 'Widget menu' }).click();
  await page.getByRole('menuitem', { name: 'Move to tab' }).hover();
  await page.getByRole('menuitem', { name: 'Database' }).click();
  await tab('Database').click();
  await frame(page, 1).waitFor();
  assert.deepEqual(await shown(page), [1, 2, 5]);
  await screenshots(page, 'dashboard-tabs');

  // What is added now stands on this tab.
  await page.getByRole('complementary', { name: 'Widgets to add' }).getByRole('button', { name: 'Note' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.locator('[data-frame]').nth(3).waitFor();
  await saved(page);
  const kept = await load(server, id);
  const added = kept.widgets.at(-1).id;
  assert.deepEqual(tabsOf(kept), [['Tab 1', [3, 4, 6]], ['Database', [2, 5, 1, added]]]);

  // To the left, by the keyboard and back by mouse.
  await tab('Database').focus();
  await page.keyboard.press('Alt+ArrowLeft');
  await saved(page);
  assert.deepEqual((await load(server, id)).tabs.map((/** @type {any} */ { name }) => name), ['Database', 'Tab 1']);
  const [first, second] = [await boxOf(tab('Database')), await boxOf(tab('Tab 1'))];
  await drag(page, { x: first.x + 20, y: first.y + 10 }, { x: second.x + second.width, y: second.y + 10 });
  await saved(page);
  assert.deepEqual((await load(server, id)).tabs.map((/** @type {any} */ { name }) => name), ['Tab 1', 'Database']);

  // The same after a reload, and for those who only look.
  await page.goto(`/dashboard/${id}`);
  await frame(page, 3).waitFor();
  assert.deepEqual(await shown(page), [3, 4, 6]);
  await tab('Database').click();
  await frame(page, 5).waitFor();
  assert.match(page.url(), /[?&]tab=/);
  await page.reload();
  await frame(page, 5).waitFor();

  // Deleted: its widgets go to the other tab; undone in one step.
  await page.keyboard.press('E');
  await page.getByRole('button', { name: 'Menu of the tab Database' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  assert.deepEqual(await axe(page), []);
  await page.getByRole('button', { name: 'Delete tab' }).click();
  await tab('Database').waitFor({ state: 'detached' });
  await saved(page);
  assert.deepEqual(tabsOf(await load(server, id)), [['Tab 1', [3, 4, 6, 2, 5, 1, added]]]);
  await page.keyboard.press('Control+z');
  await tab('Database').waitFor();
  await saved(page);
  assert.deepEqual(tabsOf(await load(server, id)), tabsOf(kept));

  // Deleted with its widgets.
  await tab('Database').click();
  await page.getByRole('button', { name: 'Menu of the tab Database' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('radio', { name: /as well/ }).check();
  await page.getByRole('button', { name: 'Delete tab' }).click();
  await tab('Database').waitFor({ state: 'detached' });
  await saved(page);
  const left = await load(server, id);
  assert.deepEqual([tabsOf(left), left.widgets.length], [[['Tab 1', [3, 4, 6]]], 3]);

  // The last one goes without its widgets.
  await page.getByRole('button', { name: 'Menu of the tab Tab 1' }).click();
  await page.getByRole('menuitem', { name: 'Remove tabs' }).click();
  await page.getByRole('button', { name: 'Add tabs' }).waitFor();
  assert.deepEqual(await shown(page), [3, 4, 6]);
  await saved(page);
  assert.deepEqual((await load(server, id)).tabs ?? [], []);
});
