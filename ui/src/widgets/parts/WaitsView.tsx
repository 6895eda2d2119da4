import { EmptyState } from '../../components';
import type { WidgetViewProps } from '../registry';

/** In place of a widget whose data does not arrive yet, or that nothing here knows. */
export default function WaitsView({ definition }: WidgetViewProps) {
  return <EmptyState title="Not drawn yet">Nothing here draws widgets of type {definition.type}. The definition is kept as it is.</EmptyState>;
}
