/** Calls about dashboards: Datadog's own, and Procyon's for the page. */
import { api, call } from '../api';
import type { Dashboard } from './model';

/** One line of the list of dashboards. */
export interface Summary {
  id: string;
  title: string;
  description?: string | null;
  layout_type?: string;
  author?: { handle?: string | null; name?: string | null } | null;
  created_at?: string | null;
  modified_at?: string | null;
  is_read_only?: boolean;
  tags?: string[] | null;
  starred?: boolean;
  /** 0 to 5. */
  popularity?: number;
  views?: number;
  widgets?: number;
  is_built_in?: boolean;
  url?: string;
  deleted_at?: string | null;
  /** By a link that needs no account. */
  is_shared?: boolean;
  /** Only some roles may change it. */
  is_restricted?: boolean;
  last_viewed_at?: string | null;
}

export interface ManualList {
  id: number;
  name: string;
  dashboard_count?: number;
  is_favorite?: boolean;
  author?: { handle?: string; name?: string | null };
}

const one = (id: string): string => `/api/v1/dashboard/${encodeURIComponent(id)}`;

export const loadDashboard = (id: string, signal?: AbortSignal): Promise<Dashboard> => api.get<Dashboard>(one(id), undefined, signal);
export const createDashboard = (content: Partial<Dashboard>): Promise<Dashboard> => api.post<Dashboard>('/api/v1/dashboard', content);
export const saveDashboard = (id: string, content: Partial<Dashboard>): Promise<Dashboard> => api.put<Dashboard>(one(id), content);

const asData = (ids: readonly string[]) => ({ data: ids.map((id) => ({ id, type: 'dashboard' })) });

/** They can be restored for 30 days. */
export const deleteDashboards = (ids: readonly string[]): Promise<void> => api.del<void>('/api/v1/dashboard', asData(ids));
export const restoreDashboards = (ids: readonly string[]): Promise<void> => api.patch<void>('/api/v1/dashboard', asData(ids));

export async function listDashboards(options: { deleted: boolean }, signal?: AbortSignal): Promise<Summary[]> {
  const answer = await api.get<{ dashboards: Summary[] }>('/api/procyon/dashboards', options.deleted ? { deleted: true } : {}, signal);
  return answer.dashboards ?? [];
}

export function star(id: string, isOn: boolean): Promise<unknown> {
  return call(isOn ? 'PUT' : 'DELETE', `/api/procyon/dashboards/${encodeURIComponent(id)}/star`);
}

export const countView = (id: string): Promise<unknown> => api.post(`/api/procyon/dashboards/${encodeURIComponent(id)}/view`);

export interface Imported {
  dashboard: Dashboard;
  notes?: string[];
}

/** Any form that there ever was; with `isSaved` it becomes a dashboard of its own. */
export function importDashboard(text: string, isSaved: boolean): Promise<Imported> {
  // As it is: the server mends what was torn, and says where it cannot.
  return call<Imported>('POST', '/api/procyon/dashboards/import', { query: { save: isSaved }, text });
}

const lists = '/api/v1/dashboard/lists/manual';
const items = (id: number): string => `/api/v2/dashboard/lists/manual/${id}/dashboards`;

export async function manualLists(signal?: AbortSignal): Promise<ManualList[]> {
  return (await api.get<{ dashboard_lists?: ManualList[] }>(lists, undefined, signal)).dashboard_lists ?? [];
}
export const createList = (name: string): Promise<ManualList> => api.post<ManualList>(lists, { name });
export const renameList = (id: number, name: string): Promise<ManualList> => api.put<ManualList>(`${lists}/${id}`, { name });
export const deleteList = (id: number): Promise<unknown> => api.del(`${lists}/${id}`);

/** A dashboard in a list, with what it was added as. */
export interface ListItem {
  id: string;
  type: string;
}

export async function listItems(id: number, signal?: AbortSignal): Promise<ListItem[]> {
  const answer = await api.get<{ dashboards?: ListItem[] }>(items(id), undefined, signal);
  return (answer.dashboards ?? []).map((item) => ({ id: item.id, type: item.type }));
}

/** As what a dashboard stands in a list. Source: openapi core-v2 `DashboardType`. */
export function itemOf({ id, layout_type, is_built_in }: Summary): ListItem {
  return { id, type: `${is_built_in ? 'integration' : 'custom'}_${layout_type === 'free' ? 'screenboard' : 'timeboard'}` };
}

const asItems = (list: readonly ListItem[]) => ({ dashboards: list });
export const addToList = (id: number, list: readonly ListItem[]): Promise<unknown> => api.post(items(id), asItems(list));
export const removeFromList = (id: number, list: readonly ListItem[]): Promise<unknown> => api.del(items(id), asItems(list));

/** `/dashboard/abc-def-ghi/my-board`. */
export function pathOf({ id, title }: { id: string; title?: string }): string {
  const slug = (title ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80);
  return `/dashboard/${encodeURIComponent(id)}${slug === '' ? '' : `/${slug}`}`;
}
