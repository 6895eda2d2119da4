export type { Action } from './action';
export { useActions, useAllActions, useShortcuts } from './registry';
