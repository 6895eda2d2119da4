// @ts-check
/** Who is invited chooses a password by the link of the invitation, once. */
import assert from 'node:assert/strict';

import { axe, journeys } from './harness.mjs';

const { test } = journeys();

test('an invitation lets its user choose a password, once', async ({ page, server, expectFault }) => {
  const post = async (/** @type {string} */ path, /** @type {object} */ data) => (await (await server.send(path, { method: 'POST', body: JSON.stringify({ data }) })).json()).data;
  const roles = (await (await server.send('/api/v2/roles?filter=Admin')).json()).data;
  const relationships = { roles: { data: [{ type: 'roles', id: roles[0].id }] } };
  const user = await post('/api/v2/users', { type: 'users', attributes: { email: 'ann@example.com' }, relationships });
  const [invitation] = await post('/api/v2/user_invitations', [{ type: 'user_invitations', relationships: { user: { data: { type: 'users', id: user.id } } } }]);
  const { pathname, search } = new URL(invitation.attributes.link);
  await page.goto(pathname + search);
  assert.equal(await page.getByLabel('E-mail').inputValue(), 'ann@example.com');
  assert.deepEqual(await axe(page), []);
  await page.getByLabel('Name').fill('Ann');
  await page.getByLabel('Password').fill('long enough');
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  expectFault(/410/);
  await page.goto(pathname + search);
  await page.getByText('This link does not open the door').waitFor();
}, { at: null });
