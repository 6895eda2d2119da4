// @ts-check
/**
 * Writes `docs/widgets.md`: each type of widget with a small picture of real data, or what it waits
 * for. Starts the server, fills it, draws every sample on one dashboard in Chromium:
 *
 *   PROCYON_BIN=../target/debug/procyon node scripts/widget-pictures.mjs
 *
 * A widget counts as drawn when its box shows neither a fault nor that something is missing.
 */
import { createServer } from 'node:http';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { launch, openPage, signIn } from '../e2e/browser.mjs';
import { startServer } from '../e2e/server.mjs';
import { SAMPLES } from './widgets/samples.mjs';
import { seed } from './widgets/seed.mjs';

/** @typedef {import('./widgets/samples.mjs').Sample} Sample */
/** @typedef {{ sample: Sample, picture?: string, lacks?: string }} Drawn */

const DOCS = new URL('../../docs/', import.meta.url);
const PICTURES = new URL('pictures/widgets/', DOCS);
const BYTES_MAX = 2_000_000;
const HOURS = 2;
const LOAD_MS = 30_000;
const IDLE_MS = 4000;
const MISSING = /Nothing here draws|Waits for|No data|Try again|could not be|There is no powerpack/;

const frame = createServer((_request, answer) => {
  answer.setHeader('content-type', 'text/html');
  answer.end('<!doctype html><title>Status</title><body style="font:16px system-ui;margin:24px;background:#f4f7ff"><h2>Status page</h2><p>All systems work.</p>');
});
await new Promise((resolve) => frame.listen(0, '127.0.0.1', () => resolve(undefined)));
const address = frame.address();
const [server, browser] = await Promise.all([startServer(), launch()]);
try {
  await seed(server);
  const drawn = await draw(await board(typeof address === 'object' && address ? `http://127.0.0.1:${address.port}/` : ''));
  await writeFile(new URL('widgets.md', DOCS), page(drawn));
  await checkSize();
  const lacking = drawn.filter(({ sample, picture }) => !picture && !sample.waits);
  process.stdout.write(`${drawn.filter(({ picture }) => picture).length} of ${SAMPLES.length} types are drawn\n`);
  for (const { sample, lacks } of lacking) process.stdout.write(`${sample.type} is not drawn: ${lacks}\n`);
} finally {
  await browser.close();
  await server.stop();
  frame.close();
}

/** A dashboard of all samples, one above the other in their own widths; answers its id. @param {string} frameUrl */
async function board(frameUrl) {
  const pack = {
    name: 'Service',
    description: null,
    tags: [],
    template_variables: [{ name: 'service', defaults: ['checkout'] }],
    group_widget: { definition: { type: 'group', layout_type: 'ordered', title: 'Service: $service.value', show_title: true, widgets: [{ definition: { type: 'timeseries', title: 'Requests', show_legend: false, requests: [{ response_format: 'timeseries', queries: [{ data_source: 'metrics', name: 'query1', query: 'sum:shop.requests{$service}' }], formulas: [{ formula: 'query1' }], display_type: 'area' }] }, layout: { x: 0, y: 0, width: 12, height: 2 } }] }, layout: { x: 0, y: 0, width: 12, height: 3 } },
  };
  const made = await (await server.send('/api/v2/powerpacks', { method: 'POST', body: JSON.stringify({ data: { type: 'powerpack', attributes: pack } }) }).catch(() => undefined))?.json();
  let y = 0;
  const widgets = SAMPLES.filter(({ waits }) => !waits).map((sample, at) => {
    const { width = 4, height = 2 } = sample;
    const text = JSON.stringify(sample.definition).replace('http://FRAME/', frameUrl).replace('POWERPACK', made?.data?.id ?? 'none');
    y += height;
    return { id: at + 1, definition: JSON.parse(text), layout: { x: 0, y: y - height, width, height } };
  });
  const dashboard = { title: 'Widgets', layout_type: 'ordered', reflow_type: 'fixed', widgets };
  const answer = await (await server.send('/api/v1/dashboard', { method: 'POST', body: JSON.stringify(dashboard) })).json();
  return String(answer.id);
}

/** @param {string} id @returns {Promise<Drawn[]>} */
async function draw(id) {
  await rm(PICTURES, { recursive: true, force: true });
  await mkdir(PICTURES, { recursive: true });
  const { page } = await openPage(browser, server.url, { theme: 'dark' });
  const now = Date.now();
  await signIn(page, server, `/dashboard/${id}?from_ts=${now - HOURS * 3_600_000}&to_ts=${now}&live=false`);
  /** @type {Drawn[]} */
  const drawn = [];
  for (const sample of SAMPLES) {
    if (sample.waits) {
      drawn.push({ sample });
      continue;
    }
    const box = page.locator(`[data-frame]:has(> [data-widget="${sample.type}"])`).first();
    await box.scrollIntoViewIfNeeded();
    await box.locator('[class*="skeleton"]').first().waitFor({ state: 'detached', timeout: LOAD_MS });
    // Frames and repeated questions may keep the network busy: what is drawn by then counts.
    await page.waitForLoadState('networkidle', { timeout: IDLE_MS }).catch(() => {});
    // Away from the widget, so that nothing is highlighted.
    await page.mouse.move(1270, 790);
    const text = (await box.innerText()).replace(/\s+/g, ' ');
    if (MISSING.test(text)) {
      drawn.push({ sample, lacks: text.slice(0, 120) });
      continue;
    }
    await box.screenshot({ path: fileURLToPath(new URL(`${sample.type}.png`, PICTURES)), animations: 'disabled' });
    drawn.push({ sample, picture: `pictures/widgets/${sample.type}.png` });
  }
  return drawn;
}

/** @param {readonly Drawn[]} drawn */
function page(drawn) {
  const rows = drawn.flatMap(({ sample, picture }) => (picture ? [`| ![${sample.name}](${picture}) | **${sample.name}**<br>\`${sample.type}\` | ${sample.says} |`] : []));
  const waits = drawn.flatMap(({ sample, picture }) => (picture ? [] : [`| ${sample.name} | \`${sample.type}\` | ${sample.says} | ${sample.waits ?? 'its data on this server'} |`]));
  return `# Widgets

Written by \`ui/scripts/widget-pictures.mjs\`, which starts the server, fills it and draws each type in a browser; do not edit it by hand.
The types are those of Datadog's public API. A definition is kept as it came, drawn or not.

## Drawn

| | widget | what it shows |
|---|---|---|
${rows.join('\n')}

## Waiting

These stand on a dashboard in their own shape and say what they wait for.

| widget | type | what it will show | waits for |
|---|---|---|---|
${waits.join('\n')}

## What comes from elsewhere

- **Markdown** in notes and events has headings, lists, tasks, tables, links, pictures, code, quotes and emphasis. HTML is shown as text: nothing in a note can run.
- **Pictures** are shown from this server, from \`data:\` and from \`https:\` addresses; the browser tells the other place its own address and nothing else (no referrer, no cookies of this page). \`http:\` pictures, and those that do not load, are a name and a link.
- **Frames** show \`https:\` pages, and \`http:\` ones where the page itself is \`http:\`, in a sandbox: scripts of the other site run there with its own origin; they cannot reach into the page, lead it elsewhere or open it anew. Addresses of this server are refused.
`;
}

async function checkSize() {
  let bytes = 0;
  for (const name of await readdir(PICTURES)) bytes += (await stat(new URL(name, PICTURES))).size;
  if (bytes > BYTES_MAX) throw new Error(`the pictures have ${bytes} bytes; at most ${BYTES_MAX} are wanted`);
}
