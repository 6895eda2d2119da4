export { useWidget, type WidgetContext } from './context';
export { KINDS, kindOf, type WidgetGroup, type WidgetKind } from './registry';
export { WidgetView } from './WidgetView';
