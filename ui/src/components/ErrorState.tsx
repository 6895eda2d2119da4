import { TriangleAlert } from 'lucide-react';

import { ApiError } from '../api/errors';
import { Button } from './Button';
import { EmptyState } from './EmptyState';

/** What went wrong, what to do, and a way to try again. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof ApiError ? error.hint : undefined;
  return (
    <div role="alert">
      <EmptyState
        icon={<TriangleAlert />}
        title={message}
        actions={onRetry && <Button onClick={onRetry}>Try again</Button>}
      >
        {hint}
      </EmptyState>
    </div>
  );
}
