/**
 * Calls of the server: the session's cookie goes along by itself, changes carry the token that
 * proves that this page sends them, and failures become `ApiError`.
 */
import { connection } from './connection';
import { ApiError, hintOf, messageOf } from './errors';
import { csrfToken, sessionEnded } from './session';

export type Query = Record<string, string | number | boolean | undefined>;

export interface CallOptions {
  query?: Query | undefined;
  body?: unknown;
  /** Sent as it is, JSON or not. */
  text?: string;
  signal?: AbortSignal | undefined;
  /** Beside the usual ones: an API key, for the routes of the intake. */
  headers?: Record<string, string>;
}

/** Another door to the same answers: a visitor of a shared dashboard has no session. */
export type Door = (path: string, options: CallOptions) => { path: string; options: CallOptions };

let door: Door | null = null;

export function goThrough(next: Door | null): void {
  door = next;
}

export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  const asked = door ? door(path, options) : { path, options };
  const answer = await send(method, asked.path, asked.options);
  const body: unknown = await readJson(answer);
  if (answer.ok) return body as T;
  if (answer.status === 401 && path !== '/api/procyon/login') sessionEnded();
  throw errorOf(answer, body);
}

async function send(method: string, path: string, options: CallOptions): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json', ...options.headers };
  const init: RequestInit = { method, headers, credentials: 'same-origin' };
  if (options.signal) init.signal = options.signal;
  if (options.body !== undefined || options.text !== undefined) {
    headers['content-type'] = 'application/json';
    init.body = options.text ?? JSON.stringify(options.body);
  }
  const token = csrfToken();
  if (method !== 'GET' && token) headers['x-csrf-token'] = token;
  try {
    const answer = await fetch(path + queryText(options.query), init);
    // A proxy in front of a server that is down answers for it.
    if (answer.status === 502 || answer.status === 504) throw new TypeError('the server is away');
    connection.reached();
    return answer;
  } catch (error) {
    if (options.signal?.aborted || (error instanceof DOMException && error.name === 'AbortError')) throw error;
    connection.lost();
    throw new ApiError(0, 'The server does not answer', hintOf(0));
  }
}

async function readJson(answer: Response): Promise<unknown> {
  const text = await answer.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return answer.ok ? text : undefined;
  }
}

function errorOf(answer: Response, body: unknown): ApiError {
  const retry = Number(answer.headers.get('retry-after'));
  const message = messageOf(body) ?? `${answer.status} ${answer.statusText}`.trim();
  return new ApiError(answer.status, message, hintOf(answer.status), retry > 0 ? retry : undefined);
}

export function queryText(query: Query | undefined): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => call<T>('GET', path, { query, signal }),
  post: <T>(path: string, body?: unknown, signal?: AbortSignal) =>
    call<T>('POST', path, { body: body ?? {}, signal }),
  put: <T>(path: string, body?: unknown) => call<T>('PUT', path, { body: body ?? {} }),
  patch: <T>(path: string, body?: unknown) => call<T>('PATCH', path, { body: body ?? {} }),
  del: <T>(path: string, body?: unknown) => call<T>('DELETE', path, { body }),
};
