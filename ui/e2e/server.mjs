// @ts-check
/** The real binary on a folder and port of its own. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, watch, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { servePage } from './page.mjs';

const START_MS = 60_000;

/**
 * @typedef {{ url: string, api_key: string, application_key: string, email: string, password: string }} Ready
 * @typedef {Ready & { send: typeof fetch, metrics: (series: object[]) => Promise<void>, stop: () => Promise<void> }} Server
 */

/**
 * Starts the binary that `PROCYON_BIN` names; with the page of the folder `PROCYON_PAGE`, if that is
 * set, in place of the binary's own.
 * @param {{ agent?: string, args?: string[] }} [options] `agent`: the `datadog.yaml` of this
 *   machine's agent, which is started then as well; `args`: further flags
 * @returns {Promise<Server>}
 */
export async function startServer({ agent, args: more = [] } = {}) {
  const binary = process.env.PROCYON_BIN;
  if (!binary) throw new Error('PROCYON_BIN must name the binary to test');
  const data = await mkdtemp(path.join(tmpdir(), 'procyon-ui-'));
  const readyFile = path.join(data, 'ready.json');
  const args = ['up', '--data', path.join(data, 'data'), '--listen', '127.0.0.1:0', '--ready-file', readyFile, ...more];
  if (agent === undefined) args.push('--no-agent');
  else {
    await mkdir(path.join(data, 'data', 'agent'), { recursive: true });
    await writeFile(path.join(data, 'data', 'agent', 'datadog.yaml'), agent);
  }
  // Nothing of this machine's own Agent, and no port that it may have; no data but the tests' own.
  const own = Object.entries(process.env).filter(([name]) => !/^(DD_|PROCYON_)/.test(name));
  const env = { ...Object.fromEntries(own), DD_CMD_PORT: '0', DD_DOGSTATSD_PORT: '0', PROCYON_NO_OWN_METRICS: '1' };
  const child = spawn(path.resolve(binary), args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output = (output + chunk).slice(-20_000)));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    if (child.exitCode === null) child.kill('SIGTERM');
    await ended;
    await rm(data, { recursive: true, force: true });
  };
  try {
    const ready = await Promise.race([
      readReady(readyFile),
      ended.then((code) => Promise.reject(new Error(`the server ended with ${code}:\n${output}`))),
    ]);
    const page = process.env.PROCYON_PAGE ? await servePage(process.env.PROCYON_PAGE, ready.url) : undefined;
    const stopBoth = async () => {
      page?.stop();
      await stop();
    };
    return { ...ready, url: page?.url ?? ready.url, stop: stopBoth, ...senders(ready) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until the file is whole. @param {string} file @returns {Promise<Ready>} */
async function readReady(file) {
  const signal = AbortSignal.timeout(START_MS);
  const changes = watch(path.dirname(file), { signal });
  for (;;) {
    // Watching begins here, so that what comes after the look at the file is not missed.
    const change = changes.next();
    change.catch(() => undefined);
    try {
      return JSON.parse(await readFile(file, 'utf8'));
    } catch {
      // Not there yet, or half written: the next change tells.
    }
    if ((await change).done) break;
  }
  throw new Error('the server was not ready in time');
}

/** @param {Ready} ready */
function senders(ready) {
  /** A call with the server's keys. @type {typeof fetch} */
  const send = async (target, init = {}) => {
    const headers = {
      'content-type': 'application/json',
      'dd-api-key': ready.api_key,
      'dd-application-key': ready.application_key,
      ...init.headers,
    };
    const answer = await fetch(ready.url + target, { ...init, headers });
    if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${target}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  return {
    send,
    /** @param {object[]} series of the v2 body */
    metrics: async (series) => {
      await send('/api/v2/series', { method: 'POST', body: JSON.stringify({ series }) });
    },
  };
}

/**
 * A gauge of a host that draws a wave: one point each 15 s over the last `minutes`. Waves of a
 * greater `base` are above those of a lesser one all the time.
 * @param {{ metric: string, host: string, tags?: string[], unit?: string, minutes?: number, base?: number, type?: number, gap?: [number, number] }} of
 */
export function wave({ metric, host, tags = [], unit, minutes = 60, base = 10, type = 3, gap }) {
  const now = Math.floor(Date.now() / 15_000) * 15;
  const points = [];
  for (let at = now - minutes * 60; at <= now; at += 15) {
    const ago = (now - at) / 60;
    if (gap && ago <= gap[0] && ago >= gap[1]) continue;
    points.push({ timestamp: at, value: base + Math.sin(ago / 7) * base * 0.4 + ((at / 15) % 5) * base * 0.02 });
  }
  return { metric, type, unit, interval: 15, points, resources: [{ type: 'host', name: host }], tags };
}
