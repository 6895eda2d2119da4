// @ts-check
/**
 * A real Chromium that fails the test on any console error, page error or violation of the
 * content security policy.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

import { chromium } from 'playwright-core';

const SIZES = { 1280: 800, 2560: 1440 };
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** @typedef {import('playwright-core').Page} Page */

export async function launch() {
  const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath, args: isRoot ? ['--no-sandbox'] : [] });
}

/**
 * A page of its own context. `faults` collects what must not happen; `expectFault` lets one pass,
 * such as the 401 of a wrong password, which browsers write to the console.
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {{ theme?: 'dark' | 'light', width?: 1280 | 2560 }} [options]
 */
export async function openPage(browser, url, { theme = 'dark', width = 1280 } = {}) {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height: SIZES[width] },
    colorScheme: theme,
    timezoneId: 'UTC',
    acceptDownloads: true,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  /** @type {string[]} */
  const faults = [];
  /** @type {RegExp[]} */
  const expected = [];
  const fault = (/** @type {string} */ text) => {
    if (!expected.some((pattern) => pattern.test(text))) faults.push(text);
  };
  page.on('console', (message) => {
    if (message.type() === 'error') fault(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => fault(`page error: ${error.stack ?? error.message}`));
  await context.exposeFunction('__violation', (/** @type {string} */ text) => fault(`policy: ${text}`));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      // @ts-expect-error: put there by exposeFunction
      window.__violation(`${event.violatedDirective} ${event.blockedURI} ${event.sample} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  return { page, context, faults, expectFault: (/** @type {RegExp} */ pattern) => expected.push(pattern) };
}

/**
 * Signs in by the form; afterwards the page shows `to`.
 * @param {Page} page
 * @param {{ email: string, password: string }} who
 */
export async function signIn(page, who, to = '/') {
  await page.goto(`/signin?next=${encodeURIComponent(to)}`);
  await page.getByLabel('E-mail').fill(who.email);
  await page.getByLabel('Password').fill(who.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
}

/** Chooses a theme as a person does. @param {Page} page @param {'Dark' | 'Light'} name */
export async function chooseTheme(page, name) {
  await page.getByRole('button', { name: 'Account and theme' }).click();
  await page.getByRole('menuitem', { name: new RegExp(`^(✓ )?${name}$`) }).click();
  await page.locator(`html[data-theme="${name.toLowerCase()}"]`).waitFor();
}

/**
 * A picture in the folder that `PROCYON_SCREENSHOTS` names, if any, in both themes and sizes.
 * @param {Page} page @param {string} name
 */
export async function screenshots(page, name) {
  const folder = process.env.PROCYON_SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  const before = page.viewportSize();
  for (const theme of /** @type {const} */ (['Dark', 'Light'])) {
    await chooseTheme(page, theme);
    for (const [width, height] of Object.entries(SIZES)) {
      await page.setViewportSize({ width: Number(width), height });
      await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
      // Fonts and two frames: charts draw in the next one.
      await page.evaluate(() => document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))));
      await page.screenshot({ path: path.join(folder, `${name}-${theme.toLowerCase()}-${width}.png`) });
    }
  }
  if (before) await page.setViewportSize(before);
  await chooseTheme(page, 'Dark');
}

/**
 * What axe-core finds serious on the page as it is now, in words.
 * @param {Page} page @returns {Promise<string[]>}
 */
export async function axe(page) {
  const source = await readFile(axePath, 'utf8');
  // By the debugger, not by a script element: the page's policy stays as it is.
  await page.evaluate(source);
  return page.evaluate(async () => {
    // What still fades in has less contrast than it will have.
    const fading = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.all(fading.map((one) => one.finished.catch(() => {})));
    // @ts-expect-error: axe is global now
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations
      .filter((/** @type {any} */ { impact }) => impact === 'serious' || impact === 'critical')
      .map((/** @type {any} */ { id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((/** @type {any} */ node) => node.html.slice(0, 200) + ' ' + (node.any[0]?.message ?? '')).join(' | ')}`);
  });
}
