// @ts-check
/** Home, host map, host list, host page, system overview. */
import assert from 'node:assert/strict';

import { fleet, sendMachine, sendMeasures } from './fleet.mjs';
import { axe, journeys, screenshots } from './harness.mjs';

const hosts = fleet(24);
const [first] = hosts;
assert(first);
const map = (/** @type {import('playwright-core').Page} */ page) => page.getByRole('listbox', { name: /^Hosts by/ });

const world = journeys();

world.test('a server that has nothing shows how to begin, until data arrives', async ({ page, server }) => {
  await page.getByRole('heading', { name: /Nothing has arrived yet/ }).waitFor();
  const command = page.getByText(`DD_API_KEY=${server.api_key} DD_DD_URL=${server.url} procyon agent run`);
  await command.waitFor();
  assert.deepEqual(await axe(page), []);
  await screenshots(page, 'home-empty');

  await page.goto('/infrastructure/map');
  await page.getByRole('heading', { name: 'No host has reported yet' }).waitFor();
  assert.deepEqual(await axe(page), []);

  for (const host of hosts) await sendMachine(server, host);
  await sendMeasures(server, hosts);
  // By itself: nobody reloads.
  await map(page).waitFor();
  await page.getByText(`${hosts.length} hosts`, { exact: true }).waitFor();
  await page.goto('/');
  await page.getByRole('heading', { name: 'Needs attention' }).waitFor();
  await page.getByRole('link', { name: /nginx\.can_connect is critical on 24 hosts/ }).waitFor();
  await page.getByText('Hosts up').waitFor();
  await page.getByRole('definition').filter({ hasText: String(hosts.length) }).first().waitFor();
  assert.deepEqual(await axe(page), []);
  await screenshots(page, 'home-fleet');
});

world.test(
  'map: groups, filter, colours, keyboard, panel, page; all in the address',
  async ({ page }) => {
    await map(page).waitFor();
    await page.getByRole('button', { name: /^Group by/ }).click();
    await page.getByRole('combobox', { name: 'Group by: search' }).fill('role');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await page.waitForURL(/groupby=role/);
    const webs = hosts.filter(({ tags }) => tags.includes('role:web'));
    const group = page.locator('button', { hasText: new RegExp(`^web${webs.length}$`) });
    await group.waitFor();
    assert.deepEqual(await axe(page), []);
    await screenshots(page, 'host-map');

    // The group's name filters.
    await group.click();
    await page.waitForURL(/filter=role%3Aweb/);
    await page.getByText(`${webs.length} of ${hosts.length} hosts`).waitFor();
    await page.getByRole('combobox', { name: 'Filter hosts' }).fill('role:web -env:prod');
    const few = webs.filter(({ tags }) => !tags.includes('env:prod'));
    await page.getByText(`${few.length} of ${hosts.length} hosts`).waitFor();
    await page.getByRole('button', { name: 'Clear the filter' }).click();

    // The keyboard moves among hexagons and opens one.
    await page.keyboard.press('Escape');
    await map(page).focus();
    await page.keyboard.press('Home');
    const before = await page.locator('[data-active-host]').textContent();
    await page.keyboard.press('ArrowRight');
    const after = await page.locator('[data-active-host]').textContent();
    assert.notEqual(before, after);
    assert.match(after ?? '', /^[\w-]+: [\d.]+%$/);
    const name = after?.split(':')[0] ?? '';
    await page.keyboard.press('Enter');
    const panel = page.getByRole('complementary', { name: `Host ${name}` });
    await panel.waitFor();
    assert.match(page.url(), new RegExp(`host=${name}`));
    await panel.getByRole('figure', { name: 'CPU' }).waitFor();
    await panel.getByRole('tab', { name: /Tags/ }).click();
    const sent = hosts.find((host) => host.name === name);
    for (const tag of sent?.tags ?? []) await panel.getByRole('button', { name: tag, exact: true }).waitFor();
    assert.deepEqual(await axe(page), []);
    await screenshots(page, 'host-panel');

    // The address gives the same again; the panel leads to the page.
    await page.reload();
    await panel.getByRole('button', { name: sent?.tags[0] ?? '', exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    await page.goBack();
    await panel.getByRole('link', { name: 'Full page' }).click();
    await page.getByRole('heading', { name, level: 1 }).waitFor();
    await page.waitForURL(new RegExp(`/infrastructure/host/${name}`));
  },
  { at: '/infrastructure/map' },
);

world.test(
  'map: the colour follows the value',
  async ({ page, server }) => {
    const host = 'colour-1';
    const send = (/** @type {number} */ value, /** @type {number} */ ago) =>
      server.metrics([{ metric: 'colour.metric', type: 3, points: [{ timestamp: Math.floor(Date.now() / 1000) - ago, value }], resources: [{ type: 'host', name: host }] }]);
    // Minutes apart: points of one interval would be averaged.
    await send(10, 300);
    await page.goto('/infrastructure/map?filter=host:colour-1&fillby=avg:colour.metric&fillover=last&fillmin=0&fillmax=100');
    await map(page).waitFor();
    await map(page).focus();
    await page.locator('[data-active-host]', { hasText: 'colour-1: 10' }).waitFor({ state: 'attached' });
    const low = await pixel(page);
    await send(95, 0);
    await page.locator('[data-active-host]', { hasText: 'colour-1: 95' }).waitFor({ state: 'attached', timeout: 30_000 });
    const high = await pixel(page);
    assert.notDeepEqual(low, high);
    const sum = (/** @type {number[]} */ rgb) => rgb.reduce((a, b) => a + b, 0);
    assert(sum(high) > sum(low) + 100, `on dark pages high values are lighter: ${low} then ${high}`);
    // A scale that ends elsewhere shows the same value in another colour.
    const end = page.getByRole('textbox', { name: 'Highest value of the colours' });
    await end.fill('1000');
    await end.press('Enter');
    await page.waitForURL(/fillmax=1000/);
    await page.waitForFunction((old) => JSON.stringify(old) !== JSON.stringify(window['__pixel']?.()), high);
  },
  { at: '/infrastructure/map' },
);

/** The colour of the first hexagon, above its texts. @param {import('playwright-core').Page} page @returns {Promise<number[]>} */
async function pixel(page) {
  return page.evaluate(() => {
    const read = () => {
      const canvas = document.querySelector('[role="listbox"] canvas');
      if (!(canvas instanceof HTMLCanvasElement)) return [];
      // The hexagon's upper part: its radius is 52 at most, and texts begin at a third.
      const [x, y] = [46, 24].map((at) => Math.round(at * devicePixelRatio));
      return [...(canvas.getContext('2d')?.getImageData(x ?? 0, y ?? 0, 1, 1).data.slice(0, 3) ?? [])];
    };
    // @ts-expect-error: for waiting
    window['__pixel'] = read;
    return read();
  });
}

world.test(
  'list: sorts, filters, chooses columns, opens a host',
  async ({ page }) => {
    const table = page.getByRole('grid', { name: 'Hosts' });
    await table.getByRole('row').nth(1).waitFor();
    await table.getByRole('button', { name: 'CPU' }).click();
    await table.getByRole('button', { name: 'CPU' }).click();
    await page.waitForURL(/sort=-cpu/);
    const busiest = [...hosts].sort((a, b) => b.cpu - a.cpu)[0];
    await table.getByRole('row').nth(1).filter({ hasText: busiest?.name ?? '' }).waitFor();
    await table.getByText('7.66.1').first().waitFor();
    assert.deepEqual(await axe(page), []);
    await screenshots(page, 'host-list');

    await page.getByRole('combobox', { name: 'Filter hosts' }).fill('nothing-like-it');
    await page.getByRole('heading', { name: 'No host fits the filter' }).waitFor();
    await page.getByRole('button', { name: 'Clear the filter' }).last().click();
    await page.getByRole('button', { name: /^Columns/ }).click();
    await page.getByRole('option', { name: 'Platform' }).click();
    await page.keyboard.press('Escape');
    await table.getByRole('columnheader', { name: 'Platform' }).waitFor();
    await table.getByText('linux').first().waitFor();

    await table.focus();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: /^Host / }).waitFor();
  },
  { at: '/infrastructure' },
);

world.test(
  'host page: graphs, machine, checks, tags that people set, muting',
  async ({ page, server }) => {
    await page.getByRole('heading', { name: first.name, level: 1 }).waitFor();
    for (const graph of ['CPU', 'Load', 'Memory', 'Disk space used', 'Network']) await page.getByRole('figure', { name: graph, exact: true }).waitFor();
    await page.getByText('AMD EPYC 7R13 Processor').waitFor();
    await page.getByRole('region', { name: 'Checks' }).getByText('nginx.can_connect').waitFor();
    assert.deepEqual(await axe(page), []);
    await screenshots(page, 'host-page');

    await page.getByRole('textbox', { name: 'New tag' }).fill('no spaces');
    await page.getByText('A tag has no spaces and no commas').waitFor();
    await page.getByRole('textbox', { name: 'New tag' }).fill('owner:ada');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'owner:ada', exact: true }).waitFor();
    const tags = async () => (await (await server.send(`/api/v1/tags/hosts/${first.name}?source=users`)).json()).tags;
    assert.deepEqual(await tags(), ['owner:ada']);
    await page.getByRole('button', { name: 'Remove owner:ada' }).click();
    await page.getByRole('button', { name: 'owner:ada', exact: true }).waitFor({ state: 'detached' });
    assert.deepEqual(await tags(), []);

    await page.getByRole('button', { name: 'Actions of this host' }).click();
    await page.getByRole('menuitem', { name: 'Mute for 1 hour' }).click();
    await page.getByText(/^muted until/).waitFor();
    await page.getByRole('button', { name: 'Actions of this host' }).click();
    await page.getByRole('menuitem', { name: 'Unmute' }).click();
    await page.getByText(/^muted until/).waitFor({ state: 'detached' });

    await page.goto('/infrastructure/host/no-such-host');
    await page.getByRole('heading', { name: 'No host is called no-such-host' }).waitFor();
  },
  { at: `/infrastructure/host/${first.name}` },
);

world.test(
  'system overview: graphs and top lists, narrowed by a variable; old addresses lead there',
  async ({ page }) => {
    const busiest = page.getByRole('region', { name: 'Hosts by CPU' });
    const of = (/** @type {typeof hosts} */ list) => [...list].sort((a, b) => b.cpu - a.cpu)[0]?.name ?? '';
    await busiest.getByText(of(hosts)).waitFor();
    await page.waitForURL(/\/dashboard\/system/);
    assert.deepEqual(await axe(page), []);
    await screenshots(page, 'system-overview');
    await page.goto('/dash/system?scope=env:dev');
    await page.waitForURL(/\/dashboard\/system.*tpl_var_env=dev/);
    const dev = hosts.filter(({ tags }) => tags.includes('env:dev'));
    await busiest.getByText(of(dev)).waitFor();
    await busiest.getByText(of(hosts)).waitFor({ state: 'detached' });
  },
  { at: '/dash/system' },
);

world.test('broken addresses say what is wrong, and nothing breaks', async ({ page }) => {
  const cases = /** @type {const} */ ([
    ['/infrastructure/map?fillby=%7D%7B&groupby=,,,&fillmin=x&palette=q&host=no%2Fsuch', 'No host is called no/such'],
    ['/infrastructure/map?filter=(((%5B', 'No host fits the filter'],
    ['/infrastructure?sort=nope&cols=zz&status=Foo', 'No host fits the filter'],
    ['/infrastructure/host/a%2Fb', 'No host is called a/b'],
    ['/infrastructure/host/%E0%A4%A', 'This address cannot be read'],
  ]);
  for (const [to, text] of cases) {
    await page.goto(to);
    await page.getByText(text).waitFor();
  }
});

world.test(
  'a server that is away: what was there stays',
  async ({ page, expectFault }) => {
    expectFault(/ERR_|Failed to load/);
    await map(page).focus();
    const active = page.locator('[data-active-host]', { hasText: /%$/ });
    await active.waitFor({ state: 'attached' });
    await page.route('**/api/**', (route) => route.abort());
    await page.getByText('The server does not answer', { exact: true }).waitFor();
    assert.match((await active.textContent()) ?? '', /: [\d.]+%$/);
    await page.unroute('**/api/**');
    await page.getByText('The server does not answer', { exact: true }).waitFor({ state: 'detached' });
    await active.waitFor({ state: 'attached' });
  },
  { at: '/infrastructure/map' },
);
