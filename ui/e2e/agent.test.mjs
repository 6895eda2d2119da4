// @ts-check
/** What a newcomer sees after `make run`: this machine, by its agent, without having done anything. */
import assert from 'node:assert/strict';

import { axe, journeys } from './harness.mjs';

const world = journeys({ agent: 'hostname: newcomer\ntags: [team:platform, role:laptop]\nenv: dev\n' });

world.test(
  'this machine is on the host map with the tags of datadog.yaml',
  async ({ page }) => {
    await page.getByText(/1 host/).first().waitFor({ timeout: 60_000 });
    await page.goto('/infrastructure/host/newcomer');
    for (const tag of ['team:platform', 'role:laptop', 'env:dev']) {
      await page.getByText(tag, { exact: true }).first().waitFor({ timeout: 60_000 });
    }
    await page.getByText('datadog.agent.up').first().waitFor({ timeout: 60_000 });
    assert.deepEqual(await axe(page), []);
  },
  { at: '/infrastructure/map' },
);

world.test(
  'its graphs move: a point that was not there comes without a reload',
  async ({ page }) => {
    const points = async () => {
      const text = await page.getByText(/\d+ points? · every/).first().textContent({ timeout: 60_000 });
      return Number(/(\d+) point/.exec(text ?? '')?.[1]);
    };
    const first = await points();
    await page.waitForFunction(
      (before) => [...document.querySelectorAll('main *')].some((node) => {
        const found = node.children.length === 0 && /^(\d+) points? · every/.exec(node.textContent ?? '');
        return found && Number(found[1]) > before;
      }),
      first,
      { timeout: 90_000 },
    );
  },
  { at: `/metric/explorer?a=${encodeURIComponent('avg:system.load.1{team:platform}')}&span=15m` },
);
