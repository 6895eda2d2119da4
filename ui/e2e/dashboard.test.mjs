// @ts-check
/** Dashboards: built by mouse, kept, undone, copied, narrowed by variables, folded, and listed. */
import assert from 'node:assert/strict';

import { graph, load, make, note, places, saved, widget } from './boards.mjs';
import { fleet, sendMeasures, sendTags } from './fleet.mjs';
import { axe, boxOf, drag, journeys, screenshots } from './harness.mjs';

const hosts = fleet(12);
const world = journeys({
  seed: async (server) => {
    await sendTags(server, hosts);
    await sendMeasures(server, hosts, { minutes: 60, step: 60 });
  },
});

world.test('widgets are moved, resized and put into a group by mouse; undone, redone, and the same after a reload', async ({ page, server }) => {
  const group = { definition: { type: 'group', title: 'Memory', layout_type: 'ordered', widgets: [note('inside', [0, 0, 4, 2])] }, layout: { x: 0, y: 4, width: 12, height: 3 } };
  const { id } = await make(server, { title: 'By mouse', reflow_type: 'fixed', widgets: [graph('CPU', 'avg:system.cpu.user{*}', [0, 0, 4, 2]), graph('Load', 'avg:system.load.1{*}', [4, 0, 4, 2]), group] });
  await page.goto(`/dashboard/${id}?edit=true`);
  await widget(page, 'CPU').waitFor();
  const first = await places(page);

  // To the free third at the right.
  const cpu = await boxOf(widget(page, 'CPU'));
  await drag(page, { x: cpu.x + 60, y: cpu.y + 12 }, { x: cpu.x + 60 + 2 * (cpu.width + 8), y: cpu.y + 12 });
  const moved = await places(page);
  assert.equal(moved['CPU']?.split(' ')[1], first['CPU']?.split(' ')[1]);
  assert.ok(Number(moved['CPU']?.split(' ')[0]) > Number(moved['Load']?.split(' ')[0]), 'it stands at the right');

  // Larger by its corner: what is below makes room.
  const loads = await boxOf(widget(page, 'Load'));
  await drag(page, { x: loads.x + loads.width - 1, y: loads.y + loads.height - 1 }, { x: loads.x + loads.width - 1, y: loads.y + loads.height + 95 });
  const resized = await places(page);
  assert.equal(Number(resized['Load']?.split(' ')[3]), Number(moved['Load']?.split(' ')[3]) + 96);
  assert.ok(Number(resized['Memory']?.split(' ')[1]) > Number(moved['Memory']?.split(' ')[1]), 'the group gives way');

  // Into the group, which grows.
  const memory = await boxOf(widget(page, 'Memory'));
  const source = await boxOf(widget(page, 'CPU'));
  await drag(page, { x: source.x + 60, y: source.y + 12 }, { x: memory.x + memory.width * 0.6, y: memory.y + 60 });
  await page.locator('[data-group] [data-frame]').nth(1).waitFor();
  await saved(page);
  const into = await places(page);

  await page.keyboard.press('Control+z');
  await page.locator('[data-group] [data-frame]').nth(1).waitFor({ state: 'detached' });
  assert.deepEqual(await places(page), resized);
  await page.keyboard.press('Control+Shift+z');
  await page.locator('[data-group] [data-frame]').nth(1).waitFor();
  assert.deepEqual(await places(page), into);
  await saved(page);
  await page.reload();
  await widget(page, 'CPU').waitFor();
  assert.deepEqual(await places(page), into);

  const kept = await load(server, id);
  const inner = kept.widgets.find((/** @type {any} */ one) => one.definition.type === 'group').definition.widgets;
  assert.deepEqual(inner.map((/** @type {any} */ one) => one.definition.type), ['note', 'timeseries']);
  assert.deepEqual(await axe(page), []);
  await screenshots(page, 'dashboard-edit');
});

world.test('a folded group and what is off the screen ask for no data', async ({ page, server }) => {
  const inside = graph('Inside', 'avg:system.load.5{*}', [0, 0, 6, 2]);
  const { id } = await make(server, {
    title: 'Quiet',
    reflow_type: 'fixed',
    widgets: [
      { definition: { type: 'group', title: 'Folds', layout_type: 'ordered', widgets: [inside] }, layout: { x: 0, y: 0, width: 12, height: 3 } },
      graph('Seen', 'avg:system.load.1{*}', [0, 3, 6, 2]),
      graph('Far below', 'avg:system.load.15{*}', [0, 60, 6, 2]),
    ],
  });
  /** @type {string[]} */
  const asked = [];
  page.on('request', (sent) => {
    if (sent.url().includes('/query/')) asked.push(...(sent.postData()?.match(/system\.load\.\d+/g) ?? []));
  });
  await page.goto(`/dashboard/${id}`);
  await page.waitForResponse((answer) => answer.url().includes('/query/') && (answer.request().postData()?.includes('system.load.5') ?? false));
  assert.ok(!asked.includes('system.load.15'), 'what is far below waits');
  await page.getByRole('button', { name: 'Folds' }).click();
  await widget(page, 'Inside').waitFor({ state: 'detached' });
  asked.length = 0;
  await page.reload();
  await widget(page, 'Seen').waitFor();
  await page.waitForResponse((answer) => answer.url().includes('/query/'));
  assert.deepEqual([...new Set(asked)], ['system.load.1']);
  // Unfolded, it asks.
  await Promise.all([page.waitForRequest((sent) => sent.postData()?.includes('system.load.5') ?? false), page.getByRole('button', { name: 'Folds' }).click()]);
});

world.test('variables narrow the queries, are in the address, and have saved views', async ({ page, server }) => {
  const { id } = await make(server, {
    title: 'Narrowed',
    template_variables: [{ name: 'env', prefix: 'env', default: '*' }],
    widgets: [graph('CPU', 'avg:system.cpu.user{$env}', [0, 0, 6, 2]), note('Here: $env.value', [6, 0, 6, 2])],
  });
  await page.goto(`/dashboard/${id}`);
  const select = page.getByRole('button', { name: /^env/ });
  await select.click();
  await page.getByRole('combobox', { name: 'Search values of env' }).fill('pr');
  await Promise.all([page.waitForRequest((sent) => sent.postData()?.includes('{env:prod}') ?? false), page.getByRole('option', { name: 'prod', exact: true }).click()]);
  assert.equal(new URL(page.url()).searchParams.get('tpl_var_env'), 'prod');
  await page.getByText('Here: prod').waitFor();
  // The focus is where it was: the next key opens the list again.
  assert.equal(await select.evaluate((button) => button === document.activeElement), true);
  await page.keyboard.press('Enter');
  await Promise.all([
    page.waitForRequest((sent) => sent.postData()?.includes('env IN (prod,dev)') ?? false),
    page.getByRole('option', { name: 'dev', exact: true }).click({ modifiers: ['Control'] }),
  ]);
  assert.equal(new URL(page.url()).searchParams.get('tpl_var_env[1]'), 'dev');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Saved views' }).click();
  await page.getByRole('menuitem', { name: 'Save these values as a view' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Both');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Both' }).click();
  await page.getByRole('menuitem', { name: 'Default' }).click();
  await page.getByText('Here: *').waitFor();
  await saved(page);
  await page.reload();
  await page.getByRole('button', { name: 'Saved views' }).click();
  await page.getByRole('menuitem', { name: 'Both' }).click();
  await page.waitForURL(/tpl_var_env/);

  await page.getByRole('button', { name: 'Edit variables' }).click();
  await page.getByRole('button', { name: 'Add variable' }).click();
  await page.getByRole('textbox', { name: 'Name of variable 2' }).fill('role');
  assert.equal(await page.getByRole('textbox', { name: 'Tag key of variable 2' }).inputValue(), 'role');
  assert.deepEqual(await axe(page), []);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: /^role/ }).waitFor();
  await saved(page);
});

world.test('widgets are copied to another dashboard, also as JSON; a wrong query spoils its own box only', async ({ page, server, expectFault }) => {
  expectFault(/400/);
  const from = await make(server, { title: 'From', widgets: [graph('Copied', 'avg:system.load.1{*}', [0, 0, 4, 2])] });
  const to = await make(server, { title: 'To', widgets: [graph('Wrong', 'avg:system.load.1{', [0, 0, 4, 2]), note('fine', [4, 0, 4, 2])] });
  await page.goto(`/dashboard/${from.id}`);
  await widget(page, 'Copied').hover();
  await page.keyboard.press('Control+c');
  await page.getByText('Widget copied').waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(JSON.parse(text).definition.title, 'Copied');

  await page.goto(`/dashboard/${to.id}`);
  await page.getByText('fine').waitFor();
  await widget(page, 'Wrong').getByRole('button', { name: 'Try again' }).waitFor();
  await page.keyboard.press('Control+v');
  await widget(page, 'Copied').waitFor();
  await page.evaluate(() => navigator.clipboard.writeText('[{"definition": {"type": "note", "content": "pasted text"}}, {"type": "note", "content": "a definition alone"}]'));
  await page.keyboard.press('Control+v');
  await page.getByText('a definition alone').waitFor();
  await saved(page);
  await page.reload();
  await page.getByText('pasted text').waitFor();
  await widget(page, 'Copied').waitFor();
});

world.test('one widget in full screen, and the wall', async ({ page, server }) => {
  const { id } = await make(server, { title: 'Wall', widgets: [graph('One', 'avg:system.load.1{*}', [0, 0, 4, 2]), graph('Two', 'avg:system.load.5{*}', [4, 0, 4, 2])] });
  await page.goto(`/dashboard/${id}?from_ts=${Date.now() - 3_600_000}&to_ts=${Date.now()}&live=true`);
  await page.getByRole('textbox', { name: 'Time range' }).waitFor();
  assert.match(await page.getByRole('textbox', { name: 'Time range' }).inputValue(), /Past 1 hour/);
  await widget(page, 'One').hover();
  await page.keyboard.press('o');
  const full = (/** @type {string} */ name) => page.getByRole('region', { name: `${name}, full screen` });
  await full('One').waitFor();
  assert.match(page.url(), /fullscreen_widget=\d+/);
  await page.keyboard.press('ArrowRight');
  await full('Two').waitFor();
  await page.reload();
  await full('Two').waitFor();
  await page.keyboard.press('Escape');
  await full('Two').waitFor({ state: 'detached' });
  await page.keyboard.press('f');
  await page.getByRole('button', { name: 'Leave TV mode' }).waitFor();
  assert.match(page.url(), /tv_mode=true/);
  await page.keyboard.press('f');
  await page.getByRole('button', { name: 'Leave TV mode' }).waitFor({ state: 'detached' });
});

world.test('somebody else’s change is not overwritten unasked', async ({ page, server }) => {
  const { id } = await make(server, { title: 'Shared', widgets: [note('mine', [0, 0, 4, 2])] });
  await page.goto(`/dashboard/${id}?edit=true`);
  await page.getByText('mine').waitFor();
  await server.send(`/api/v1/dashboard/${id}`, { method: 'PUT', body: JSON.stringify({ title: 'Shared', layout_type: 'ordered', widgets: [note('theirs', [0, 0, 4, 2])] }) });
  await page.locator('[data-frame]').first().focus();
  await page.keyboard.press('Shift+ArrowRight');
  await page.getByRole('alert').filter({ hasText: 'changed elsewhere' }).waitFor();
  await page.getByRole('button', { name: 'Show the other version' }).click();
  await page.getByText('theirs').waitFor();
});

world.test('what is not there says so', async ({ page, expectFault }) => {
  expectFault(/404/);
  await page.goto('/dashboard/zzz-zzz-zzz');
  await page.getByRole('heading', { name: 'There is no such dashboard' }).waitFor();
});

world.test('the list finds, stars, deletes and restores; a dashboard is imported from text', async ({ page, server }) => {
  await make(server, { title: 'Alpha shop', description: 'Orders and payments', widgets: [] });
  await make(server, { title: 'Beta fleet', widgets: [note('x', [0, 0, 4, 2])] });
  await page.goto('/dashboard/lists');
  const row = (/** @type {string} */ name) => page.getByRole('row').filter({ hasText: name });
  await row('Alpha shop').waitFor();
  assert.deepEqual(await axe(page), []);
  await screenshots(page, 'dashboards');
  await page.getByRole('textbox', { name: 'Search dashboards' }).fill('payments');
  await row('Beta fleet').waitFor({ state: 'detached' });
  await row('Alpha shop').getByRole('button', { name: 'Star' }).click();
  await page.getByRole('button', { name: /^Starred 1/ }).waitFor();

  await page.getByRole('textbox', { name: 'Search dashboards' }).fill('beta fleet');
  await row('Alpha shop').waitFor({ state: 'detached' });
  await row('Beta fleet').getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Delete 1' }).click();
  await row('Beta fleet').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /^Recently deleted/ }).click();
  await row('Beta fleet').getByRole('button', { name: 'Restore' }).click();
  await row('Beta fleet').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /^All dashboards/ }).click();
  await row('Beta fleet').getByRole('link').click();
  await page.waitForURL(/\/dashboard\/[a-z0-9-]+\/beta-fleet/);

  // Several at once: into a new list, and starred.
  await page.goto('/dashboard/lists');
  await page.getByRole('textbox', { name: 'Search dashboards' }).fill('author:admin');
  await row('Beta fleet').waitFor();
  await page.getByRole('checkbox', { name: 'Select all' }).check();
  const count = await page.getByRole('checkbox', { name: 'Select', exact: true }).count();
  await page.getByRole('button', { name: 'Add to list' }).click();
  await page.getByRole('menuitem', { name: 'New list…' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Team');
  await page.getByRole('button', { name: 'Make list' }).click();
  await page.getByRole('button', { name: `Team ${count}`, exact: true }).click();
  await page.getByRole('status').filter({ hasText: `${count} dashboard` }).waitFor();
  await row('Alpha shop').getByRole('checkbox').check();
  await row('Beta fleet').getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Remove from list' }).click();
  await row('Beta fleet').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: `Team ${count - 2}`, exact: true }).waitFor();

  await page.goto('/dashboard/lists');
  await page.getByRole('button', { name: 'Import' }).click();
  await page.getByRole('textbox', { name: 'JSON' }).fill('{"title": "Brought along", "layout_type": "ordered", "widgets": [{"definition": {"type": "note", "content": "from a file"}}]}');
  await page.getByRole('dialog').getByRole('button', { name: 'Import' }).click();
  await page.getByText('from a file').waitFor();
  await page.getByRole('heading', { name: 'Brought along' }).waitFor();

  // Deleted by name, and back by the message.
  await page.getByRole('button', { name: 'Dashboard menu' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByLabel('Type Brought along to delete it').fill('Brought along');
  await page.getByRole('button', { name: 'Delete dashboard' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('from a file').waitFor();
});

world.test('the whole definition is changed as JSON, and undone', async ({ page, server }) => {
  const { id } = await make(server, { title: 'As text', widgets: [note('before', [0, 0, 4, 2])] });
  await page.goto(`/dashboard/${id}`);
  await page.getByText('before').waitFor();
  await page.getByRole('button', { name: 'Dashboard menu' }).click();
  await page.getByRole('menuitem', { name: 'JSON', exact: true }).click();
  const editor = page.getByRole('textbox', { name: 'Dashboard JSON' });
  await editor.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText('{"title": "As text", ');
  await page.getByRole('dialog').getByRole('alert').waitFor();
  assert.equal(await page.getByRole('dialog').getByRole('button', { name: 'Save' }).isDisabled(), true);
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(JSON.stringify({ title: 'As other text', layout_type: 'ordered', widgets: [note('after', [0, 0, 4, 2])], tags: ['team:web'] }));
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'As other text' }).waitFor();
  await page.getByText('after').waitFor();
  await saved(page);
  const kept = await load(server, id);
  assert.deepEqual([kept.title, kept.tags, kept.widgets.length], ['As other text', ['team:web'], 1]);
  await page.keyboard.press('Control+z');
  await page.getByText('before').waitFor();
});

world.test('a preset is read, and cloned to be changed', async ({ page }) => {
  await page.goto('/dashboard/system');
  await page.getByRole('heading', { name: 'System - Overview' }).waitFor();
  await page.getByText('Preset', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Dashboard menu' }).click();
  await page.getByRole('menuitem', { name: 'Clone' }).click();
  await page.getByRole('heading', { name: 'System - Overview (cloned)' }).waitFor();
  await page.getByRole('button', { name: 'Edit', exact: true }).first().waitFor();
});

world.test('a shared dashboard is read without an account, by its own queries only', async ({ page, server, expectFault }) => {
  const { id } = await make(server, {
    title: 'For everybody',
    template_variables: [{ name: 'env', prefix: 'env', default: '*' }, { name: 'host', prefix: 'host', default: '*' }],
    widgets: [graph('CPU', 'avg:system.cpu.user{$env,$host}', [0, 0, 6, 2]), note('Here: $env.value', [6, 0, 6, 2])],
  });
  const body = { dashboard_id: id, dashboard_type: 'custom_timeboard', share_type: 'open', global_time: { live_span: '1h' }, selectable_template_vars: [{ name: 'env', prefix: 'env', default_values: ['*'], visible_tags: ['prod', 'dev'] }] };
  const { token } = await (await server.send('/api/v1/dashboard/public', { method: 'POST', body: JSON.stringify(body) })).json();
  await Promise.all([page.waitForResponse((answer) => answer.url().includes(`/public/${token}/query/`) && answer.ok()), page.goto(`/public/${token}`)]);
  await page.getByRole('heading', { name: 'For everybody' }).waitFor();
  await widget(page, 'CPU').locator('canvas').waitFor();
  assert.equal(await page.getByRole('button', { name: /^host/ }).count(), 0);
  await page.getByRole('button', { name: /^env/ }).click();
  await Promise.all([
    page.waitForResponse((answer) => answer.url().includes(`/public/${token}/query/`) && (answer.request().postData()?.includes('env:prod') ?? false) && answer.ok()),
    page.getByRole('option', { name: 'prod', exact: true }).click(),
  ]);
  await page.getByText('Here: prod').waitFor();
  assert.equal(await page.getByRole('navigation', { name: 'Main' }).count(), 0);
  assert.deepEqual(await axe(page), []);
  expectFault(/404|403|410/);
  await page.goto('/public/0123456789abcdef');
  await page.getByRole('heading', { name: 'This dashboard is not shared' }).waitFor();
}, { at: null });

world.test('who may change it is chosen by role, with a warning to whom it locks out, and said where it is only read', async ({ page, server }) => {
  const roles = (await (await server.send('/api/v2/roles')).json()).data;
  const standard = roles.find((/** @type {any} */ { attributes }) => /Standard/.test(attributes.name));
  const { id } = await make(server, { title: 'Guarded', widgets: [note('kept', [0, 0, 4, 2])] });
  const dialog = page.getByRole('dialog', { name: 'Edit permissions' });
  const openDialog = async () => {
    await page.getByRole('button', { name: 'Dashboard menu' }).click();
    await page.getByRole('menuitem', { name: 'Edit permissions…' }).click();
  };
  // Its author cannot be locked out.
  await page.goto(`/dashboard/${id}`);
  await openDialog();
  await dialog.getByRole('radio', { name: /^Only these roles/ }).check();
  assert.equal(await dialog.getByRole('button', { name: 'Save' }).isDisabled(), true, 'no role is chosen yet');
  await dialog.getByRole('checkbox', { name: new RegExp(standard.attributes.name) }).check();
  assert.equal(await dialog.getByRole('alert').count(), 0);
  assert.deepEqual(await axe(page), []);
  await dialog.getByRole('radio', { name: /^Everyone/ }).check();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  // Somebody who made it not, and who does not manage access.
  await page.route('**/api/procyon/page', async (route) => {
    const answer = await route.fetch();
    const info = await answer.json();
    await route.fulfill({ response: answer, json: { ...info, user: { ...info.user, handle: 'bob@example.com', permissions: info.user.permissions.filter((/** @type {string} */ one) => one !== 'user_access_manage') } } });
  });
  await page.reload();
  await openDialog();
  await dialog.getByRole('radio', { name: /^Only these roles/ }).check();
  await dialog.getByRole('checkbox', { name: new RegExp(standard.attributes.name) }).check();
  await dialog.getByRole('alert').getByText('You would lock yourself out').waitFor();
  await dialog.getByRole('button', { name: 'Save and lock me out' }).click();
  const lock = page.getByRole('button', { name: 'Read only: who may change it' });
  await lock.waitFor();
  await saved(page);
  assert.deepEqual((await load(server, id)).restricted_roles, [standard.id]);
  assert.equal(await page.getByRole('button', { name: 'Edit', exact: true }).count(), 0);
  await lock.click();
  await page.getByRole('dialog', { name: 'Who may change it' }).getByText(standard.attributes.name).waitFor();
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press('Escape');
  // Neither keys nor the address begin to edit.
  await page.goto(`/dashboard/${id}?edit=true`);
  await lock.waitFor();
  assert.equal(await page.getByRole('complementary', { name: 'Widgets to add' }).count(), 0);
  await page.getByRole('button', { name: 'Dashboard menu' }).click();
  assert.equal(await page.getByRole('menuitem', { name: 'Edit permissions…' }).getAttribute('aria-disabled'), 'true');
  await page.keyboard.press('Escape');

  // Its author again: nothing is locked, and everybody may again.
  await page.unroute('**/api/procyon/page');
  await page.reload();
  await page.getByRole('button', { name: 'Restricted: who may change it' }).click();
  await page.getByRole('button', { name: 'Edit permissions…' }).click();
  await dialog.getByRole('radio', { name: /^Everyone/ }).check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await saved(page);
  assert.deepEqual((await load(server, id)).restricted_roles, []);
});
