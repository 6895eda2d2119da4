/**
 * The page's state in the address. Values are plain text, so that addresses stay readable and a
 * broken one is only an unknown value.
 */
import { useCallback } from 'react';
import { useNavigate, useSearch } from '@tanstack/react-router';

export type Params = Record<string, string | undefined>;

export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** All parameters of the address. */
export function useParams(): Params {
  return useSearch({ strict: false }) as Params;
}

export interface SetOptions {
  /** Without a new entry in the history: for changes that Back should skip. */
  replace?: boolean;
}

/** Changes parameters; `undefined` or `''` removes one. */
export function useSetParams(): (patch: Params, options?: SetOptions) => void {
  const navigate = useNavigate();
  return useCallback(
    (patch, options) => {
      void navigate({
        to: '.',
        search: ((old: Params) => ({ ...old, ...patch })) as never,
        replace: options?.replace ?? false,
      });
    },
    [navigate],
  );
}

/** One parameter, as state. */
export function useParam(name: string, fallback = ''): [string, (value: string | undefined, options?: SetOptions) => void] {
  const value = useParams()[name] ?? fallback;
  const setParams = useSetParams();
  const set = useCallback(
    (next: string | undefined, options?: SetOptions) =>
      setParams({ [name]: next === fallback ? undefined : next }, options),
    [name, fallback, setParams],
  );
  return [value, set];
}
