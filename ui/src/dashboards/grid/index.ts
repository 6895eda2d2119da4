/**
 * For a group's view: `GroupGrid` draws its widgets on a grid of its own (with its own padding),
 * `useFold` says whether it is folded. The heading is `GROUP_HEAD` pixels high, a banner over it
 * `GROUP_BANNER`; the frame around gives exactly that room.
 */
export { GROUP_BANNER, GROUP_HEAD, childrenOf } from './pixels';
export { GroupGrid, RootGrid } from './WidgetGrid';
export { useFold, useFrame } from './frame-context';
export { useDrag } from './drag';
