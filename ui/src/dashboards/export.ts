/** A dashboard as a file. */
import { download } from '../charts/export';
import type { Dashboard } from './model';

export function fileNameOf({ title, id }: Pick<Dashboard, 'title' | 'id'>): string {
  const slug = title.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 60);
  return `${slug === '' ? 'dashboard' : slug}-${id}.json`;
}

export function downloadDashboard(dashboard: Dashboard): void {
  download(fileNameOf(dashboard), new Blob([JSON.stringify(dashboard, null, 2)], { type: 'application/json' }));
}
