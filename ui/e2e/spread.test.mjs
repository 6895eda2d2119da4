// @ts-check
/** How values spread: heatmaps and histograms of distributions are drawn of what was really sent. */
import assert from 'node:assert/strict';

import { axe, journeys, screenshots } from './harness.mjs';

const world = journeys({
  seed: async (server) => {
    const now = Math.floor(Date.now() / 60_000) * 60;
    // Each minute 90 values of 10 to 11, 9 around 50, and each tenth one of 5000.
    const values = [...Array.from({ length: 90 }, (_, at) => 10 + at / 90), ...Array.from({ length: 9 }, (_, at) => 49 + at / 4)];
    const points = Array.from({ length: 50 }, (_, minute) => [now - minute * 60, minute % 10 === 0 ? [...values, 5000] : values]);
    await server.send('/api/v1/distribution_points', { method: 'POST', body: JSON.stringify({ series: [{ metric: 'checkout.time', tags: ['service:web'], points }] }) });
    const hosts = ['a', 'b', 'c'].map((name, at) => ({ metric: 'load', type: 3, interval: 60, resources: [{ type: 'host', name }], points: Array.from({ length: 50 }, (_, minute) => ({ timestamp: now - minute * 60, value: [1, 1.1, 9][at] })) }));
    await server.metrics(hosts);
  },
});

/** @param {string} query */
const spread = (query) => ({ request_type: 'histogram', query: { data_source: 'metrics', name: 'query1', query } });
/** @param {string} query @param {string} format */
const plain = (query, format) => ({ response_format: format, queries: [{ data_source: 'metrics', name: 'query1', query, aggregator: 'avg' }], formulas: [{ formula: 'query1' }] });

/** @param {import('./server.mjs').Server} server @param {object[]} definitions */
async function board(server, definitions) {
  const widgets = definitions.map((definition, at) => ({ definition, layout: { x: (at % 2) * 6, y: Math.floor(at / 2) * 4, width: 6, height: 4 } }));
  const answer = await server.send('/api/v1/dashboard', { method: 'POST', body: JSON.stringify({ title: 'Spread', layout_type: 'ordered', widgets }) });
  return `/dashboard/${(await answer.json()).id}`;
}

/** @param {import('playwright-core').Page} page @param {string} name */
const widget = (page, name) => page.getByRole('region', { name, exact: true });

world.test('a histogram counts values and names what lies beyond', async ({ page, server }) => {
  await page.goto(await board(server, [{ type: 'distribution', title: 'Checkout', requests: [spread('histogram:checkout.time{service:web}')], xaxis: { max: '100', num_buckets: 10 } }, { type: 'distribution', title: 'Load', requests: [plain('avg:load{*} by {host}', 'scalar')] }]));
  const box = widget(page, 'Checkout');
  // Of 4955 values 5 are above; the tallest bar are the 90 of each minute, 10 to 11.
  await box.getByText('Beyond the axis: 0.1% above, up to 5000').waitFor();
  await box.getByText('p50', { exact: true }).waitFor();
  const tallest = box.locator('svg g').filter({ has: page.locator('rect:nth-child(2)') }).first();
  await tallest.hover();
  await page.getByText('4,500 values · 90.8%').waitFor();
  await tallest.click();
  await page.getByRole('menu').getByText('4,500 values · 10 – 20').waitFor();
  await page.keyboard.press('Escape');
  // A bar of groups leads to the group.
  await widget(page, 'Load').locator('svg g').filter({ has: page.locator('rect:nth-child(2)') }).last().click();
  await page.getByRole('menu').getByText('host:c · 9').waitFor();
  await page.keyboard.press('Escape');
  await axe(page);
  await screenshots(page, 'spread-histogram');
});

world.test('a heatmap counts values over time, and its cells have a menu', async ({ page, server }) => {
  await page.goto(await board(server, [{ type: 'heatmap', title: 'Checkout', requests: [spread('avg:checkout.time{*} by {service}')], yaxis: { scale: 'log' } }, { type: 'heatmap', title: 'Load', requests: [plain('avg:load{*} by {host}', 'timeseries')], yaxis: { min: '0', max: '10' } }]));
  for (const [title, heading] of /** @type {const} */ ([['Checkout', /^\d+ values · 10 – 1/], ['Load', /^host:[ab] · 1(\.1)? · /]])) {
    const plot = widget(page, title).locator('.u-over');
    await plot.waitFor();
    const box = await plot.boundingBox();
    assert.ok(box);
    // From the bottom up, in the middle of the data: the lowest cells hold the most.
    await assert.doesNotReject(async () => {
      for (let part = 0.99; part > 0.5; part -= 0.02) {
        await page.mouse.click(box.x + box.width * 0.6, box.y + box.height * part);
        if (await page.getByRole('menu').getByText(heading).isVisible()) return;
        await page.keyboard.press('Escape');
      }
      throw new Error(`${title}: no cell has a menu headed ${heading}`);
    });
    await page.keyboard.press('Escape');
  }
  await axe(page);
  await screenshots(page, 'spread-heatmap');
});
