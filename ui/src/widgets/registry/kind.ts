/** What the registry knows of a kind of widget. */
import type { ComponentType, LazyExoticComponent } from 'react';

import type { WidgetDefinition } from '../../dashboards/model';

export interface WidgetViewProps {
  definition: WidgetDefinition;
}

export type WidgetGroup = 'graphs' | 'lists' | 'health' | 'annotations' | 'apm' | 'rum' | 'groups';

export interface WidgetKind {
  /** `definition.type`. */
  type: string;
  label: string;
  group: WidgetGroup;
  /** Name of an icon of lucide. */
  icon: string;
  /** Of a new one, in columns and rows. */
  size: { width: number; height: number };
  /** Has no frame and no title bar, like notes. */
  isBare?: boolean;
  /** Draws its own title. */
  hasOwnTitle?: boolean;
  /** A new one's definition. */
  make: () => WidgetDefinition;
  View: LazyExoticComponent<ComponentType<WidgetViewProps>>;
}
