/** Calls about sharing: pictures, notes to people, dashboards for people without an account. */
import { api } from '../../api';
import type { Range } from '../../time/selection';
import type { WidgetDefinition } from '../model';
import { peopleOf, type Person } from './mentions';

const WIDTH = 960;
const HEIGHT = 480;

/** Draws and keeps a picture; its address is readable by whoever has it. */
export async function snapshot(definition: WidgetDefinition, range: Range, signal?: AbortSignal): Promise<string> {
  const query = { graph_def: JSON.stringify(definition), start: Math.floor(range.from / 1000), end: Math.floor(range.to / 1000), title: definition.title ?? '', width: WIDTH, height: HEIGHT, theme: theme() };
  return (await api.get<{ snapshot_url: string }>('/api/v1/graph/snapshot', query, signal)).snapshot_url;
}

function theme(): string {
  return document.documentElement.dataset['theme'] === 'light' ? 'light' : 'dark';
}

/** Where this page gets it from: the server may call itself by another name. */
export function pathOfPicture(url: string): string {
  return new URL(url, window.location.origin).pathname;
}

export interface Sent {
  snapshot_url: string;
  sent_to?: string[];
}

/** The picture with a note into the stream of events, and to those whom the note mentions. */
export function shareGraph(of: { definition: WidgetDefinition; range: Range; note: string; url: string }): Promise<Sent> {
  const { definition, range, note, url } = of;
  return api.post<Sent>('/api/procyon/share', { definition, from: Math.round(range.from), to: Math.round(range.to), title: definition.title ?? '', note, url, theme: theme() });
}

export interface Delivery {
  /** `problem`: why the last mail could not be sent, until one is. */
  email?: { is_set?: boolean; from?: string | null; problem?: string | null };
}

export const delivery = (signal?: AbortSignal): Promise<Delivery> => api.get<Delivery>('/api/procyon/delivery', undefined, signal);

export async function people(signal?: AbortSignal): Promise<Person[]> {
  return peopleOf(await api.get('/api/v2/users', { 'page[size]': 500, 'filter[status]': 'Active,Pending' }, signal));
}

/** A dashboard as people without an account see it. */
export interface PublicShare {
  token: string;
  public_url: string;
  dashboard_id: string;
  share_type?: string;
  share_list?: string[] | null;
  /** Sites whose pages may show it in a frame. */
  embeddable_domains?: string[] | null;
  expiration?: string | null;
  global_time?: { live_span?: string } | null;
  selectable_template_vars?: { name: string }[] | null;
  created?: string;
  last_accessed?: string | null;
  views?: number;
}

export type PublicSettings = Record<string, unknown>;

const shares = '/api/v1/dashboard/public';
const one = (token: string): string => `${shares}/${encodeURIComponent(token)}`;

export async function sharesOf(dashboard: string, signal?: AbortSignal): Promise<PublicShare[]> {
  return (await api.get<{ shares?: PublicShare[] }>(`/api/procyon/dashboards/${encodeURIComponent(dashboard)}/shares`, undefined, signal)).shares ?? [];
}
export const createShare = (settings: PublicSettings): Promise<PublicShare> => api.post<PublicShare>(shares, settings);
export const changeShare = (token: string, settings: PublicSettings): Promise<PublicShare> => api.put<PublicShare>(one(token), settings);
export const revokeShare = (token: string): Promise<unknown> => api.del(one(token));

interface Invitations {
  data?: { attributes?: { email?: string; link?: string } }[];
}

/** The links of people, each by address. */
export async function invite(token: string, emails: readonly string[]): Promise<Map<string, string>> {
  const data = emails.map((email) => ({ type: 'public_dashboard_invitation', attributes: { email } }));
  const answer = await api.post<Invitations>(`${one(token)}/invitation`, { data });
  return new Map((answer.data ?? []).flatMap(({ attributes }) => (attributes?.email && attributes.link ? [[attributes.email, attributes.link] as const] : [])));
}
