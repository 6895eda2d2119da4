// @ts-check
/** A mail server of a few lines: takes every mail and keeps it. */
import { createServer } from 'node:net';

/** @typedef {{ to: string[], text: string }} Mail */

/** @returns {Promise<{ url: string, next: () => Promise<Mail>, stop: () => void }>} */
export async function startMailServer() {
  /** @type {Mail[]} */
  const taken = [];
  /** @type {((mail: Mail) => void)[]} */
  const waiting = [];
  const take = (/** @type {Mail} */ mail) => {
    const first = waiting.shift();
    if (first) first(mail);
    else taken.push(mail);
  };
  const server = createServer((socket) => converse(socket, take));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `smtp://127.0.0.1:${port}`,
    /** The oldest mail that nobody has asked for yet. */
    next: () => {
      const mail = taken.shift();
      return mail ? Promise.resolve(mail) : new Promise((resolve) => waiting.push(resolve));
    },
    stop: () => server.close(),
  };
}

/** @param {import('node:net').Socket} socket @param {(mail: Mail) => void} take */
function converse(socket, take) {
  /** @type {Mail} */
  let mail = { to: [], text: '' };
  let isBody = false;
  let rest = '';
  const say = (/** @type {string} */ line) => socket.write(`${line}\r\n`);
  const hear = (/** @type {string} */ line) => {
    if (isBody && line !== '.') {
      mail.text += `${line.replace(/^\.\./, '.')}\n`;
      return;
    }
    if (isBody) {
      isBody = false;
      take(mail);
      mail = { to: [], text: '' };
      say('250 taken');
      return;
    }
    const word = line.slice(0, 4).toUpperCase();
    if (word === 'RCPT') mail.to.push(/<(.*)>/.exec(line)?.[1] ?? '');
    isBody = word === 'DATA';
    say(isBody ? '354 go on' : word === 'QUIT' ? '221 bye' : '250 yes');
    if (word === 'QUIT') socket.end();
  };
  socket.setEncoding('latin1');
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    const lines = (rest + String(chunk)).split('\r\n');
    rest = lines.pop() ?? '';
    lines.forEach(hear);
  });
  say('220 here');
}
