/**
 * What the server refuses of a definition, by path. It is asked before anything is saved: a dry run
 * of a dashboard with this one widget.
 */
import { useQuery } from '@tanstack/react-query';

import { ApiError } from '../../api';
import { importDashboard } from '../api';
import type { WidgetDefinition } from '../model';
import type { Path } from './path';

export interface Mistake {
  /** Within the definition; empty when it is about all of it. */
  path: Path;
  message: string;
}

export async function mistakesOf(definition: WidgetDefinition): Promise<Mistake[]> {
  try {
    await importDashboard(JSON.stringify({ title: 'Check', layout_type: 'ordered', widgets: [{ definition }] }), false);
    return [];
  } catch (error) {
    return error instanceof ApiError && error.status === 400 ? readMistakes(error.message) : [];
  }
}

const PLACE = /widgets\[0\](?:\.definition)?((?:\.[^\s.:[\]]+|\[\d+\])*)/;

/** `widgets[0].definition.requests[0].display_type: expected one of …; widgets[0]…`. */
export function readMistakes(text: string): Mistake[] {
  return text.split(/;\s+(?=widgets\[0\])/).map((part) => {
    const [whole, inner = ''] = PLACE.exec(part) ?? [];
    const path = [...inner.matchAll(/\.([^\s.:[\]]+)|\[(\d+)\]/g)].map(([, key, at]) => key ?? Number(at));
    const message = whole === undefined ? part : part.replace(whole, '').replace(/^[\s:,-]+/, '').trim();
    return { path, message: message === '' ? part : message };
  });
}

/** `requests[0].style.palette`. */
export function placeText(path: Path): string {
  return path.map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? part : `.${part}`)).join('');
}

/** Of the definition as it is now; nothing while it is being asked. */
export function useMistakes(definition: WidgetDefinition): readonly Mistake[] {
  const found = useQuery({ queryKey: ['mistakes', definition], queryFn: () => mistakesOf(definition), staleTime: 60_000, gcTime: 60_000, placeholderData: (old) => old, retry: false });
  return found.data ?? [];
}
