import { useEffect, useRef } from 'react';

interface Result<T> {
  data: T | undefined;
  error: unknown;
  isPlaceholderData: boolean;
}

/**
 * What a query answered last when the newest call failed: the key of a live page moves with the
 * clock, so its newest entry has nothing else to show. `asked` is what must be the same for the old
 * answer to be one to this question.
 */
export function useHeld<T>({ data, error, isPlaceholderData }: Result<T>, asked: string): { data: T | undefined; isOld: boolean } {
  const last = useRef<{ asked: string; data: T }>(undefined);
  useEffect(() => {
    if (data !== undefined && !isPlaceholderData) last.current = { asked, data };
  });
  if (data !== undefined || !error || last.current?.asked !== asked) return { data, isOld: isPlaceholderData };
  return { data: last.current.data, isOld: true };
}
