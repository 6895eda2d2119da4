// @ts-check
/** A dashboard of every kind of widget, with data: it can be read by everybody, and its parts do what they say. */
import assert from 'node:assert/strict';

import { SAMPLES } from '../scripts/widgets/samples.mjs';
import { seed } from '../scripts/widgets/seed.mjs';
import { axe, journeys } from './harness.mjs';

const LOAD_MS = 60_000;
const { test } = journeys({ seed: (server) => seed(server, { minutes: 120, hosts: 12 }) });

/** @param {import('./server.mjs').Server} server @param {readonly object[]} definitions */
async function board(server, definitions) {
  const widgets = definitions.map((definition, at) => ({ definition, layout: { x: (at % 3) * 4, y: Math.floor(at / 3) * 3, width: 4, height: 3 } }));
  const answer = await server.send('/api/v1/dashboard', { method: 'POST', body: JSON.stringify({ title: 'Kinds', layout_type: 'ordered', widgets }) });
  return `/dashboard/${(await answer.json()).id}`;
}

for (const theme of /** @type {const} */ (['dark', 'light'])) {
  test(
    `every kind can be read, ${theme}`,
    async ({ page, server, expectFault }) => {
      // The frame and the powerpack of the samples are made for their pictures.
      expectFault(/Failed to load resource/);
      const kinds = SAMPLES.filter(({ type }) => type !== 'iframe').map(({ definition }) => definition);
      await page.setViewportSize({ width: 1280, height: 4200 });
      const now = Date.now();
      // At a fixed time: what is asked for anew is dim for a moment.
      await page.goto(`${await board(server, kinds)}?from_ts=${now - 3_600_000}&to_ts=${now}&live=false`);
      await page.locator(`[data-widget="${SAMPLES.at(-1)?.type}"]`).first().waitFor();
      // Graphs of a split that are scrolled out of its box ask for nothing.
      await page.waitForFunction(() => !document.querySelector('[data-widget]:not([data-widget="split_group"] *) [aria-label="Loading"]:not([data-widget="split_group"] *)'), undefined, { timeout: LOAD_MS });
      assert.equal(await page.getByText('Something went wrong').count(), 0);
      assert.deepEqual(await axe(page), []);
    },
    { theme },
  );
}

test('maps are zoomed and moved', async ({ page, server }) => {
  await page.goto(await board(server, SAMPLES.filter(({ type }) => type === 'geomap').map(({ definition }) => definition)));
  const map = page.getByRole('img', { name: /^World map: \d+ points\. \d+ countries/ });
  await map.waitFor();
  const view = () => map.getAttribute('viewBox');
  const home = await view();
  await page.getByRole('button', { name: 'Zoom in' }).click();
  const near = await view();
  assert.notEqual(near, home);
  await map.focus();
  await page.keyboard.press('ArrowRight');
  const moved = await view();
  assert.notEqual(moved, near);
  assert.equal(moved?.split(' ')[2], near?.split(' ')[2], 'moving does not zoom');
  await page.getByRole('button', { name: 'Whole view' }).click();
  assert.equal(await view(), home);
});

test('a time of its own stands in the title', async ({ page, server }) => {
  const graph = SAMPLES.find(({ type }) => type === 'timeseries')?.definition ?? {};
  await page.goto(await board(server, [{ ...graph, title: 'Own', time: { live_span: '1w' } }, { ...graph, title: 'Page' }]));
  await page.getByRole('region', { name: 'Own' }).getByTitle('Shows its own time: 1w').waitFor();
  assert.equal(await page.getByRole('region', { name: 'Page' }).getByTitle(/own time/).count(), 0);
});

test('what a specification uses beyond what is drawn is named', async ({ page, server }) => {
  const wild = SAMPLES.find(({ type }) => type === 'wildcard')?.definition ?? {};
  const specification = { type: 'vega-lite', contents: { mark: 'bar', transform: [{ fold: ['a'] }], encoding: { x: { field: 'service' }, y: { field: 'query1' } } } };
  await page.goto(await board(server, [wild, { ...wild, title: 'Folded', specification }]));
  await page.getByRole('group', { name: /Requests by service: \d+ marks/ }).waitFor();
  await page.getByText(/It uses transform\./).waitFor();
});
