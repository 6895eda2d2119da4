/**
 * Every kind of widget: what it is called, how large a new one is, and the code that draws it,
 * which is loaded when the first of its kind is shown.
 */
import { GRAPHS } from './registry/graphs';
import type { WidgetKind } from './registry/kind';
import { OTHERS } from './registry/others';

export type { WidgetGroup, WidgetKind, WidgetViewProps } from './registry/kind';

export const KINDS: readonly WidgetKind[] = [...GRAPHS, ...OTHERS];

const BY_TYPE = new Map(KINDS.map((kind) => [kind.type, kind]));

export function kindOf(type: string): WidgetKind | undefined {
  return BY_TYPE.get(type);
}
