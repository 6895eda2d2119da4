// @ts-check
/**
 * One server and one browser for a file of journeys:
 *
 *   const world = journeys();
 *   world.test('what it shows', async ({ page, server }) => { … });
 *
 * Each journey gets a fresh page and fails on any fault of the page. Nothing sleeps: wait for
 * what a person would see.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, openPage, signIn } from './browser.mjs';
import { startServer } from './server.mjs';

export { axe, chooseTheme, screenshots, signIn } from './browser.mjs';
export { wave } from './server.mjs';

/**
 * @typedef {import('./server.mjs').Server} Server
 * @typedef {{ page: import('playwright-core').Page, server: Server, expectFault: (pattern: RegExp) => void }} World
 */

/** @param {{ seed?: (server: Server) => Promise<void>, agent?: string, args?: () => Promise<string[]> }} [options] */
export function journeys({ seed, agent, args } = {}) {
  /** @type {Server} */
  let server;
  /** @type {import('playwright-core').Browser} */
  let browser;
  before(async () => {
    // One after the other: a browser beside a server that did not start would keep the process alive.
    server = await startServer({ agent, args: await args?.() });
    browser = await launch();
    await seed?.(server);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
  return {
    /**
     * @param {string} name
     * @param {(world: World) => Promise<void>} run
     * @param {{ at?: string | null, theme?: 'dark' | 'light', width?: 1280 | 2560 }} [options]
     *   `at`: where to be, signed in; null to begin signed out
     */
    test(name, run, { at = '/', ...look } = {}) {
      test(name, { timeout: 120_000 }, async () => {
        const { page, context, faults, expectFault } = await openPage(browser, server.url, look);
        try {
          if (at !== null) await signIn(page, server, at);
          await run({ page, server, expectFault });
          assert.deepEqual(faults, [], 'the page has faults');
        } catch (error) {
          if (faults.length > 0 && error instanceof Error) error.message += `\nfaults: ${faults.join('\n')}`;
          throw error;
        } finally {
          await context.close();
        }
      });
    },
  };
}

/**
 * Drags with the mouse, as slowly as a hand.
 * @param {import('playwright-core').Page} page
 * @param {{ x: number, y: number }} from
 * @param {{ x: number, y: number }} to
 */
export async function drag(page, from, to) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 12 });
  await page.mouse.up();
}

/** @param {import('playwright-core').Locator} of */
export async function boxOf(of) {
  const box = await of.boundingBox();
  assert.ok(box, 'it is on the page');
  return box;
}
