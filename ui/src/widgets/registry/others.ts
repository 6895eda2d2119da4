/** Kinds that do not draw queries of their own: notes, groups, lists, health. */
import type { WidgetKind } from './kind';

export const OTHERS: readonly WidgetKind[] = [];
