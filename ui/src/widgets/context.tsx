/** What a widget knows of the page around it: the time to draw and the values of the variables. */
import { createContext, useContext } from 'react';

import { NO_VARIABLES, type Variables } from '../dashboards/variables';
import type { Range } from '../time/selection';

export interface WidgetContext {
  /** Unix milliseconds: the widget's own time, or the page's. */
  range: Range;
  /** Moves on by itself. */
  live: boolean;
  variables: Variables;
  /** False while off the screen or in a collapsed group: no data is asked for then. */
  isActive: boolean;
  /** Draws at once, on the screen or not; a group's widgets do as it does. */
  isEager?: boolean;
  /** The dashboard, for links and events. */
  dashboardId?: string;
  /** Narrows the dashboard to a tag, or away from it. */
  onFilter?: (tag: string, isOut: boolean) => void;
}

export const WidgetContextOf = createContext<WidgetContext>({
  range: { from: 0, to: 1 },
  live: false,
  variables: NO_VARIABLES,
  isActive: true,
});

export function useWidget(): WidgetContext {
  return useContext(WidgetContextOf);
}
