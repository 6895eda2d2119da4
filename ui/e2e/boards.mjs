// @ts-check
/** Dashboards to test with, and what is on the page of one. */

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('./server.mjs').Server} Server */
/** @typedef {[x: number, y: number, width: number, height: number]} At */

/** @param {string} query */
const request = (query) => ({ response_format: 'timeseries', queries: [{ data_source: 'metrics', name: 'query1', query }], formulas: [{ formula: 'query1' }], display_type: 'line' });

/** @param {string} title @param {string} query @param {At} at */
export const graph = (title, query, [x, y, width, height] = [0, 0, 4, 2]) => ({
  definition: { type: 'timeseries', title, requests: [request(query)] },
  layout: { x, y, width, height },
});

/** @param {string} content @param {At} at */
export const note = (content, [x, y, width, height]) => ({ definition: { type: 'note', content }, layout: { x, y, width, height } });

/** @param {Server} server @param {object} content @returns {Promise<{ id: string }>} */
export async function make(server, content) {
  const answer = await server.send('/api/v1/dashboard', { method: 'POST', body: JSON.stringify({ layout_type: 'ordered', widgets: [], ...content }) });
  return /** @type {{ id: string }} */ (await answer.json());
}

/** As the server has it. @param {Server} server @param {string} id @returns {Promise<any>} */
export const load = async (server, id) => (await server.send(`/api/v1/dashboard/${id}`)).json();

/** @param {Page} page @param {string} name */
export const widget = (page, name) => page.locator('[data-frame]').getByRole('region', { name, exact: true });

/** @param {Page} page */
export const saved = (page) => page.getByRole('status').filter({ hasText: /^Saved$/ }).waitFor();

/** Where every widget stands, in whole pixels. @param {Page} page */
export const places = (page) =>
  page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll('[data-frame]')].map((frame) => {
        const { x, y, width, height } = frame.getBoundingClientRect();
        return [frame.querySelector('[data-widget]')?.getAttribute('aria-label') ?? '', [x, y, width, height].map(Math.round).join(' ')];
      }),
    ),
  );
