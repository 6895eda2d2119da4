/** What may stand at the caret of a metric query, and what is wrong with it. */
import { api } from './client';

export interface Offer {
  label: string;
  kind: 'metric' | 'tag' | 'tag_value' | 'function' | 'aggregator' | 'keyword';
  detail: string;
  insert: string;
}

export interface Offers {
  /** What the offer replaces; UTF-16 code units. */
  from: number;
  to: number;
  items: Offer[];
}

export interface Mistake {
  from: number;
  to: number;
  severity: 'error' | 'warning' | 'info';
  message: string;
}

export function completeMetrics(query: string, at: number, signal?: AbortSignal): Promise<Offers> {
  return api.post<Offers>('/api/procyon/metrics/complete', { query, at }, signal);
}

export async function checkMetrics(query: string, signal?: AbortSignal): Promise<Mistake[]> {
  return (await api.post<{ diagnostics: Mistake[] }>('/api/procyon/metrics/check', { query }, signal)).diagnostics;
}
