// @ts-check
/**
 * A page just built, in front of a server that holds an older one: files come from the folder, all
 * else from the server. The policy is the server's own, so that what it forbids shows here as well.
 */
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import path from 'node:path';

const TYPES = /** @type {Record<string, string>} */ ({ '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.json': 'application/json' });
const NONCE = '__CSP_NONCE__';

/** @param {string} folder of the built page @param {string} url of the server */
export async function servePage(folder, url) {
  const target = new URL(url);
  const policy = await policyOf(url);
  const server = createServer((wanted, answer) => {
    const place = new URL(wanted.url ?? '/', url).pathname;
    if (place.startsWith('/api/')) return pass(target, wanted, answer);
    void fileOf(folder, place).then(async ({ name, body }) => {
      const isPage = name.endsWith('.html');
      if (isPage && place.startsWith('/embed/')) {
        // Each has a policy of its own, and is refused outside of frames.
        const own = await askPolicy(new URL(place, url), wanted.headers['sec-fetch-dest']);
        answer.statusCode = own.status;
        if (own.policy) answer.setHeader('content-security-policy', own.policy.text);
        return answer.end(own.policy ? body.toString('utf8').replaceAll(NONCE, own.policy.nonce) : 'refused');
      }
      answer.setHeader('content-type', TYPES[path.extname(name)] ?? 'application/octet-stream');
      if (isPage && policy) answer.setHeader('content-security-policy', policy.text);
      answer.end(isPage ? body.toString('utf8').replaceAll(NONCE, policy?.nonce ?? '') : body);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the page got no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** @param {string} url */
async function policyOf(url) {
  return (await askPolicy(new URL(url), 'document')).policy;
}

/**
 * The policy of a page, unless it is refused.
 * @param {URL} url @param {string | string[] | undefined} into what a browser loads it into
 * @returns {Promise<{ status: number, policy?: { text: string, nonce: string } | undefined }>}
 */
function askPolicy(url, into) {
  return new Promise((resolve, reject) => {
    const headers = { accept: 'text/html', ...(into ? { 'sec-fetch-dest': into } : {}) };
    const asked = request(url, { headers }, (got) => {
      got.resume();
      const status = got.statusCode ?? 502;
      const text = status === 200 ? got.headers['content-security-policy'] : undefined;
      resolve({ status, policy: text ? { text: String(text), nonce: /'nonce-([^']+)'/.exec(String(text))?.[1] ?? '' } : undefined });
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** @param {URL} target @param {import('node:http').IncomingMessage} wanted @param {import('node:http').ServerResponse} answer */
function pass(target, wanted, answer) {
  // The host stays the page's: the server tells people and agents the address that they came by.
  const onward = request({ host: target.hostname, port: target.port, method: wanted.method, path: wanted.url, headers: wanted.headers }, (got) => {
    answer.writeHead(got.statusCode ?? 502, got.headers);
    got.pipe(answer);
  });
  onward.on('error', () => answer.writeHead(502).end());
  answer.on('close', () => onward.destroy());
  wanted.pipe(onward);
}

/** The file, or the page itself for all addresses that it draws. @param {string} folder @param {string} place */
async function fileOf(folder, place) {
  const name = path.join(folder, path.normalize(`/${place}`));
  try {
    return { name, body: await readFile(name) };
  } catch {
    const index = path.join(folder, 'index.html');
    return { name: index, body: await readFile(index) };
  }
}
