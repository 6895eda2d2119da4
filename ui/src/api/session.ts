/** The person's session: the cookie is the browser's, the token for changes is kept here. */
import { ApiError } from './errors';
import { api } from './client';
import { stored } from '../util/storage';

export interface PageInfo {
  user: { id?: string; email: string; name: string; handle: string; permissions?: string[] };
  org: { name: string };
  version: string;
  /** Where agents send, as seen from this browser. */
  url: string;
  site: string;
  csrf_token?: string;
}

const token = stored('procyon.csrf', '');

export const csrfToken = (): string => token.get();

let onEnd: () => void = () => {};

/** What the page does when the server no longer knows the session: it shows the sign-in page. */
export function onSessionEnd(handler: () => void): void {
  onEnd = handler;
}

export function sessionEnded(): void {
  token.set('');
  onEnd();
}

export async function signIn(email: string, password: string): Promise<void> {
  const answer = await api.post<{ csrf_token: string }>('/api/procyon/login', { email, password });
  token.set(answer.csrf_token);
}

export async function signOut(): Promise<void> {
  try {
    await api.post('/api/procyon/logout');
  } finally {
    sessionEnded();
  }
}

export async function pageInfo(): Promise<PageInfo> {
  try {
    const info = await api.get<PageInfo>('/api/procyon/page');
    if (info.csrf_token) token.set(info.csrf_token);
    return info;
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
    // A server older than this page: it still says whether the session is good.
    await api.get('/api/v2/validate_keys');
    const url = window.location.origin;
    return { user: { email: '', name: '', handle: '' }, org: { name: '' }, version: '', url, site: '' };
  }
}
