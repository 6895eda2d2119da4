/** A powerpack: a group kept once and used on many dashboards, with its variables bound here. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

import { api, ApiError } from '../../api';
import { ErrorState, Skeleton } from '../../components';
import type { WidgetDefinition } from '../../dashboards/model';
import { WidgetContextOf, useWidget } from '../context';
import { Group } from '../group/GroupView';
import { OwnBoard } from '../group/OwnBoard';
import { bag, text } from '../parts/read';
import { WidgetEmpty } from '../parts/WidgetEmpty';
import type { WidgetViewProps } from '../registry/kind';
import { boundVariables, groupOf } from './bind';

export default function PowerpackView({ definition }: WidgetViewProps) {
  const context = useWidget();
  const id = text(definition['powerpack_id']);
  const found = useQuery({
    queryKey: ['powerpack', id],
    queryFn: ({ signal }) => api.get<{ data?: unknown }>(`/api/v2/powerpacks/${encodeURIComponent(id)}`, undefined, signal),
    enabled: id !== '' && context.isActive,
    staleTime: 60_000,
  });
  const attributes = bag(bag(found.data?.data)['attributes']);
  const variables = useMemo(() => boundVariables(attributes, definition, context.variables), [attributes, definition, context.variables]);
  const bound = useMemo(() => ({ ...context, variables }), [context, variables]);
  if (id === '') return <WidgetEmpty title="No powerpack is chosen">Choose one in the widget's settings.</WidgetEmpty>;
  if (found.error instanceof ApiError && found.error.status === 404) {
    return <WidgetEmpty title={text(definition.title) || 'Powerpack'}>There is no powerpack {id} here: it was deleted, or the dashboard came from elsewhere.</WidgetEmpty>;
  }
  if (found.error) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton height="100%" />;
  const group: WidgetDefinition = groupOf(attributes, definition);
  return (
    <WidgetContextOf value={bound}>
      <OwnBoard>
        <Group definition={group} />
      </OwnBoard>
    </WidgetContextOf>
  );
}
