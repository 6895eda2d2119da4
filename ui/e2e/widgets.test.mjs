// @ts-check
/** Widgets that show what people wrote or what other sites serve: nothing of it runs in the page. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before } from 'node:test';

import { axe, journeys } from './harness.mjs';

const HOSTILE = `<!doctype html><body>a frame<script>
  const tries = [() => { parent.document.body.dataset.pwned = 'dom'; }, () => { parent.pwned = 'global'; }, () => { top.location = 'about:blank'; }, () => { parent.postMessage({ type: 'pwned' }, '*'); }];
  let refused = 0;
  for (const attempt of tries) try { attempt(); } catch { refused += 1; }
  document.body.append(' refused ' + refused);
</script>`;

/** Another site, on an origin of its own. */
const other = createServer((_request, answer) => answer.setHeader('content-type', 'text/html').end(HOSTILE));
let origin = '';
before(async () => {
  await new Promise((resolve) => other.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = other.address();
  if (typeof address === 'object' && address) origin = `http://127.0.0.1:${address.port}`;
});
after(() => other.close());

const { test } = journeys();

/** @param {import('./server.mjs').Server} server @param {object[]} definitions */
async function board(server, definitions) {
  const widgets = definitions.map((definition, at) => ({ definition, layout: { x: (at % 3) * 4, y: Math.floor(at / 3) * 3, width: 4, height: 3 } }));
  const answer = await server.send('/api/v1/dashboard', { method: 'POST', body: JSON.stringify({ title: 'Widgets', layout_type: 'ordered', widgets }) });
  return `/dashboard/${(await answer.json()).id}`;
}

/** @param {string} content */
const note = (content) => ({ type: 'note', content, background_color: 'white', font_size: '14', text_align: 'left', show_tick: false, tick_pos: '50%', tick_edge: 'left' });

test('notes show HTML as text', async ({ page, server }) => {
  const hostile = ['<script>window.pwned = 1</script>', '<img src=x onerror="window.pwned=2">', '[click](javascript:window.pwned=3)', '![x](javascript:window.pwned=4)', '<svg onload="window.pwned=5">', '[data](data:text/html,<script>1</script>)'];
  await page.goto(await board(server, [note(hostile.join('\n\n')), note('# Plain\n\n- **bold** [link](https://example.com/)')]));
  const [bad, good] = [page.locator('[data-widget="note"]').nth(0), page.locator('[data-widget="note"]').nth(1)];
  await good.getByRole('link', { name: 'link' }).waitFor();
  assert.match(await bad.innerText(), /<script>window\.pwned = 1<\/script>/);
  assert.equal(await bad.locator('script, img, svg, a').count(), 0);
  assert.equal(await page.evaluate(() => 'pwned' in window), false);
  assert.equal(await good.getByRole('link').getAttribute('rel'), 'noopener noreferrer nofollow');
  await axe(page);
});

test('frames stay in their box', async ({ page, server, expectFault }) => {
  // The browser writes what it refused to the console.
  expectFault(/Unsafe attempt to initiate navigation|sandbox/i);
  const path = await board(server, [{ type: 'iframe', url: `${origin}/` }, { type: 'iframe', url: 'javascript:window.pwned=1' }, { type: 'iframe', url: server.url }]);
  await page.goto(path);
  await page.frameLocator('iframe').getByText('refused 3').waitFor();
  assert.equal(new URL(page.url()).pathname.startsWith(path), true);
  assert.deepEqual(await page.evaluate(() => ['pwned' in window, document.body.dataset['pwned'] ?? null]), [false, null]);
  assert.equal(await page.locator('iframe').count(), 1);
  await page.getByText('Only http: and https: pages are shown').waitFor();
  await page.getByText('Pages of this server are not shown in a frame').waitFor();
});

test('what is not drawn says so, and spoils nothing', async ({ page, server, expectFault }) => {
  expectFault(/Failed to load resource/);
  const definitions = [
    { type: 'manage_status', title: 'Monitors', query: 'tag:x', display_format: 'counts', color_preference: 'text' },
    { type: 'list_stream', title: 'Logs', requests: [{ response_format: 'event_list', query: { data_source: 'logs_stream', query_string: '' }, columns: [{ field: 'status_line', width: 'auto' }, { field: 'content', width: 'auto' }] }] },
    { type: 'image', url: '/no-such-picture.png' },
    { type: 'check_status', title: 'Check', check: 'never.ran', grouping: 'cluster', group_by: [], tags: ['*'] },
    { type: 'event_stream', title: 'Events', query: 'source:none' },
    note('still here'),
  ];
  await page.goto(await board(server, definitions));
  for (const text of ['Waits for monitors', 'Waits for logs', 'Did not load', 'never.ran has not run', 'None of source:none', 'still here']) await page.getByText(text).first().waitFor();
});
