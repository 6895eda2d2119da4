import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { api, queryText } from './client';
import { connection } from './connection';
import { ApiError } from './errors';
import { onSessionEnd, signIn } from './session';

interface Sent {
  path: string;
  init: RequestInit;
}

let sent: Sent[] = [];

/** The next answers, in order; an Error is a server that is away. */
function answers(...list: (Response | Error)[]): void {
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    sent.push({ path, init });
    const next = list.shift() ?? new Response('{}');
    if (next instanceof Error) throw next;
    return next;
  });
}

const refused = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });

async function errorOf(response: Response | Error): Promise<ApiError> {
  answers(response);
  const error: unknown = await api.get('/x').catch((caught: unknown) => caught);
  if (!(error instanceof ApiError)) throw new Error('not an ApiError');
  return error;
}

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
});

afterEach(() => {
  connection.reached();
  onSessionEnd(() => {});
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('an error', () => {
  it.each([
    [{ errors: ['one', 'two'] }, 'one; two'],
    [{ errors: [{ title: 'Bad', detail: 'name is required' }] }, 'name is required'],
    [{ errors: [{ title: 'Bad' }] }, 'Bad'],
    [{ status: 'error', error: 'parse' }, 'parse'],
    [{ errors: [] }, '400'],
    ['<html>', '400'],
    ['', '400'],
    [null, '400'],
  ])('%o says %s', async (body, message) => {
    expect((await errorOf(refused(400, body))).message).toBe(message);
  });

  it('says what to do and how long to wait', async () => {
    const error = await errorOf(refused(429, {}, { 'retry-after': '7' }));
    expect([error.retryAfterSecs, error.hint !== undefined]).toEqual([7, true]);
  });
});

describe('the session', () => {
  it('gives changes their token, and reading none', async () => {
    answers(new Response('{"csrf_token":"t0ken"}'));
    await signIn('a@b', 'p');
    await api.get('/x');
    await api.post('/x', { a: 1 });
    const headers = sent.map(({ init }) => (init.headers as Record<string, string>)['x-csrf-token']);
    expect(headers.slice(1)).toEqual([undefined, 't0ken']);
    expect(sent[2]?.init.body).toBe('{"a":1}');
  });

  it('ends with a 401, but not by a wrong password', async () => {
    const ended = vi.fn();
    onSessionEnd(ended);
    answers(refused(401, { errors: ['wrong'] }), refused(401, { errors: ['Unauthorized'] }));
    await expect(signIn('a@b', 'no')).rejects.toThrow('wrong');
    expect(ended).not.toHaveBeenCalled();
    await expect(api.get('/x')).rejects.toThrow('Unauthorized');
    expect(ended).toHaveBeenCalledOnce();
  });
});

describe('a server that is away', () => {
  it.each([['the network fails', new TypeError('failed')], ['a proxy says so', refused(502, '')]])('%s: said, probed, back', async (_name, away) => {
    const error = await errorOf(away);
    expect([error.isGone, connection.get()]).toEqual([true, 'gone']);
    answers(new TypeError('failed'), new Response('{"status":"ok"}'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(connection.get()).toBe('gone');
    await vi.advanceTimersByTimeAsync(2000);
    expect(connection.get()).toBe('ok');
    expect(sent.at(-1)?.path).toBe('/api/procyon/health');
  });

  it('is not what a call that was given up means', async () => {
    const abort = new AbortController();
    answers(new DOMException('aborted', 'AbortError'));
    abort.abort();
    await expect(api.get('/x', {}, abort.signal)).rejects.toThrow('aborted');
    expect(connection.get()).toBe('ok');
  });
});

it.each([
  [{}, ''],
  [{ a: 1, b: undefined, c: 'x y&z' }, '?a=1&c=x+y%26z'],
])('%o as query is %s', (query, text) => {
  expect(queryText(query)).toBe(text);
});
