// @ts-check
/** Events: posted, found, narrowed, opened. */
import assert from 'node:assert/strict';

import { axe, boxOf, drag, journeys, screenshots } from './harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

const COUNT = 24;
const world = journeys({
  seed: async (server) => {
    const now = Math.floor(Date.now() / 1000);
    for (let at = 0; at < COUNT; at += 1) {
      const isBad = at % 6 === 0;
      await server.send('/api/v1/events', {
        method: 'POST',
        body: JSON.stringify({
          title: isBad ? `Pod checkout-${at} was OOMKilled` : `Deploy ${at} of checkout finished`,
          text: isBad ? 'plain <img src=x onerror="document.title=1"> text' : '%%%\n**Build** of [the shop](https://ci.example/1)\n\n- one\n- [bad](javascript:alert(1))\n%%%',
          alert_type: isBad ? 'error' : 'success',
          priority: at % 4 === 0 ? 'low' : 'normal',
          host: `web-${at % 3}`,
          source_type_name: isBad ? 'kubernetes' : 'my apps',
          tags: [`env:${at % 2 === 0 ? 'prod' : 'staging'}`, 'service:checkout'],
          aggregation_key: isBad ? 'oom' : 'deploy',
          date_happened: now - at * 60,
        }),
      });
    }
  },
});

/** @param {Page} page @param {string} text */
const counted = (page, text) => page.getByRole('status').filter({ hasText: text }).waitFor();

/** @param {Page} page @param {RegExp} name */
const facet = (page, name) => page.getByRole('complementary', { name: 'Facets' }).getByRole('button', { name });

world.test('facets narrow by click, Shift and Alt; the search shows as text and is in the address', async ({ page }) => {
  await counted(page, `${COUNT} events`);
  assert.deepEqual(await axe(page), []);
  await facet(page, /^kubernetes 4/).click();
  await counted(page, '4 events');
  assert.equal(new URL(page.url()).searchParams.get('query'), 'source:kubernetes');
  // Its alternatives are still there to choose.
  await facet(page, /^my apps 20/).click({ modifiers: ['Shift'] });
  await counted(page, `${COUNT} events`);
  assert.equal(new URL(page.url()).searchParams.get('query'), 'source:(kubernetes OR "my apps")');
  await facet(page, /^error 4/).click({ modifiers: ['Alt'] });
  await counted(page, '20 events');
  assert.match(new URL(page.url()).searchParams.get('query') ?? '', /-status:error$/);
  await page.goBack();
  await counted(page, `${COUNT} events`);
  await page.reload();
  await facet(page, /^kubernetes 4/).waitFor();
  assert.equal(await facet(page, /^kubernetes 4/).getAttribute('aria-pressed'), 'true');
  await screenshots(page, 'events');
}, { at: '/event/explorer' });

world.test('a search is written with offers, run, and refused with what is wrong', async ({ page, expectFault }) => {
  expectFault(/400/);
  await counted(page, `${COUNT} events`);
  await page.keyboard.press('/');
  await page.keyboard.type('sta');
  await page.getByRole('option', { name: /^status:/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('option', { name: /^error/ }).waitFor();
  await page.keyboard.type('err');
  await page.getByRole('option', { name: /^success/ }).waitFor({ state: 'detached' });
  await page.keyboard.press('ArrowDown');
  await page.locator('[role="option"][aria-selected="true"]', { hasText: 'error' }).waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.type('OOMKilled');
  await page.keyboard.press('Enter');
  await counted(page, '4 events');
  assert.equal(new URL(page.url()).searchParams.get('query'), 'status:error OOMKilled');
  await page.goto('/event/explorer?query=%28a');
  await page.getByRole('alert').filter({ hasText: 'Error parsing query' }).first().waitFor();
  await page.goto('/event/explorer?query=nothinglikethis');
  await page.getByText('No event matches').waitFor();
  assert.deepEqual(await axe(page), []);
  await page.getByRole('button', { name: 'Clear the search', exact: true }).last().click();
  await counted(page, `${COUNT} events`);
}, { at: '/event/explorer' });

world.test('an event has a panel of its own, with its text made safe', async ({ page }) => {
  await page.getByRole('row', { name: /Deploy 1 of checkout/ }).click();
  const panel = page.getByRole('complementary', { name: 'Event', exact: true });
  await panel.getByText('Deploy 1 of checkout finished').waitFor();
  await panel.getByRole('link', { name: 'the shop' }).waitFor();
  assert.equal(await panel.getByRole('link', { name: 'bad' }).count(), 0, 'a script is no link');
  assert.deepEqual(await axe(page), []);
  await screenshots(page, 'event-panel');
  const address = page.url();
  assert.match(address, /event=\d+/);
  // The next one by key, back by the browser.
  await page.keyboard.press('j');
  await panel.getByText('Deploy 2 of checkout finished').waitFor();
  await page.goto(address);
  await panel.getByText('Deploy 1 of checkout finished').waitFor();
  await panel.getByRole('tab', { name: /Same aggregation key/ }).click();
  await panel.getByRole('button', { name: /Deploy 5 of checkout/ }).click();
  await panel.getByRole('tab', { name: 'JSON' }).click();
  await panel.getByText('"aggregation_key": "deploy"').waitFor();
  await panel.getByRole('tab', { name: 'Overview' }).click();
  await panel.getByRole('button', { name: 'env:staging' }).click();
  await page.getByRole('menuitem', { name: 'Filter by env:staging' }).click();
  await counted(page, '12 events');
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
}, { at: '/event/explorer' });

world.test('HTML in an event stays text', async ({ page }) => {
  await page.getByRole('row', { name: /checkout-0 was OOMKilled/ }).click();
  const panel = page.getByRole('complementary', { name: 'Event', exact: true });
  await panel.getByText('<img src=x').waitFor();
  assert.equal(await panel.locator('img').count(), 0);
}, { at: '/event/explorer?query=status:error' });

world.test('a drag over the histogram zooms, and back returns', async ({ page }) => {
  await counted(page, `${COUNT} events`);
  const plot = page.getByRole('img', { name: /^Events by status/ });
  const box = await boxOf(plot);
  const y = box.y + box.height / 2;
  await drag(page, { x: box.x + box.width * 0.8, y }, { x: box.x + box.width * 0.9, y });
  await page.waitForURL(/from_ts=\d+&to_ts=\d+&live=false/);
  await page.getByRole('status').filter({ hasText: /^[4-8] events$/ }).waitFor();
  await page.goBack();
  await counted(page, `${COUNT} events`);
}, { at: '/event/explorer' });

world.test('columns are chosen, moved, and dragged wider; the width stays', async ({ page }) => {
  await counted(page, `${COUNT} events`);
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Aggregation key' }).check();
  await page.getByRole('checkbox', { name: 'Host' }).uncheck();
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press('Escape');
  const heading = (/** @type {RegExp} */ name) => page.getByRole('columnheader', { name });
  await heading(/^Aggregation key/).waitFor();
  assert.equal(await heading(/^Host/).count(), 0);
  const width = async () => Math.round((await heading(/^Source/).boundingBox())?.width ?? 0);
  const box = await boxOf(heading(/^Source/));
  await drag(page, { x: box.x + box.width - 3, y: box.y + 8 }, { x: box.x + box.width + 57, y: box.y + 8 });
  const wider = await width();
  assert.ok(Math.abs(wider - box.width - 60) <= 2, `${wider} after ${box.width}`);
  await heading(/^Source/).getByRole('button').press('Alt+ArrowLeft');
  assert.equal(await width(), wider - 16);
  await page.reload();
  await heading(/^Source/).waitFor();
  assert.equal(await width(), wider - 16);
}, { at: '/event/explorer' });

world.test('an event is posted by hand and appears while one looks', async ({ page, server }) => {
  await counted(page, `${COUNT} events`);
  await page.getByRole('button', { name: 'New event' }).click();
  const panel = page.getByRole('complementary', { name: 'New event' });
  await panel.getByRole('button', { name: 'Post event' }).click();
  await panel.getByText('Title is required').waitFor();
  await panel.getByLabel('Title').fill('Release 7 is out');
  await panel.getByLabel('Tags').fill('env:prod, team:web');
  await panel.getByLabel('Alert type').selectOption('warning');
  assert.deepEqual(await axe(page), []);
  await panel.getByRole('button', { name: 'Post event' }).click();
  const shown = page.getByRole('complementary', { name: 'Event', exact: true });
  await shown.getByText('Release 7 is out').waitFor();
  await shown.getByRole('button', { name: 'team:web' }).waitFor();
  await counted(page, `${COUNT + 1} events`);
  // Live: one more from elsewhere comes by itself.
  await server.send('/api/v1/events', { method: 'POST', body: JSON.stringify({ title: 'From elsewhere', text: '', tags: ['env:dev'] }) });
  await page.getByRole('row', { name: /From elsewhere/ }).waitFor();
}, { at: '/event/explorer' });

world.test('the address that the API gives for an event leads to it', async ({ page, server }) => {
  const answer = await server.send('/api/v1/events', { method: 'POST', body: JSON.stringify({ title: 'Linked', text: 'x' }) });
  const { event } = /** @type {{ event: { url: string } }} */ (await answer.json());
  await page.goto(new URL(event.url).pathname + new URL(event.url).search);
  await page.getByRole('complementary', { name: 'Event', exact: true }).getByText('Linked').waitFor();
});
