/** The pivot menu of something that was clicked in a drawing, where it was clicked. */
import * as Radix from '@radix-ui/react-dropdown-menu';
import { Filter, FilterX } from 'lucide-react';

import float from '../components/float.module.css';
import { MenuItems, type MenuEntry } from '../components/Menu';
import { usePivots } from '../components/pivot';
import styles from './chart.module.css';

export interface PivotPoint {
  /** Within the box that the menu stands in. */
  x: number;
  y: number;
  /** What was clicked, with its value. */
  heading: string;
  tags: readonly string[];
  /** Copied where there is no tag. */
  label: string;
  /** Unix milliseconds. */
  at?: number | undefined;
  metric?: string | undefined;
}

interface Props {
  point: PivotPoint;
  onFilter?: ((tag: string, isOut: boolean) => void) | undefined;
  /** Before all others, such as the links of a definition. */
  extra?: readonly MenuEntry[] | undefined;
  onClose: () => void;
}

/** Beside the leading tag, so many more can be filtered by. */
const MORE_TAGS = 3;

export function PointPivot({ point, onFilter, extra = [], onClose }: Props) {
  const { tags, label, at, metric } = point;
  // A host leads the furthest.
  const lead = tags.find((text) => text.startsWith('host:')) ?? tags[0];
  const pivots = usePivots({
    text: lead ?? label,
    ...(at === undefined ? {} : { at }),
    ...(metric ? { metric } : {}),
    ...(onFilter && lead !== undefined ? { onFilter } : {}),
  });
  const others = onFilter ? tags.filter((tag) => tag !== lead).slice(0, MORE_TAGS) : [];
  const filters = others.flatMap((tag): MenuEntry[] => [
    { label: `Filter by ${tag}`, icon: <Filter />, run: () => onFilter?.(tag, false) },
    { label: `Exclude ${tag}`, icon: <FilterX />, run: () => onFilter?.(tag, true) },
  ]);
  const groups = [[...extra], filters, pivots].filter((group) => group.length > 0);
  const items = groups.flatMap((group, place): MenuEntry[] => (place === 0 ? group : ['-', ...group]));
  return (
    <Radix.Root open modal={false} onOpenChange={(open) => !open && onClose()}>
      <Radix.Trigger asChild>
        <span className={styles.anchor} style={{ left: point.x, top: point.y }} aria-hidden />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={float.menu} align="start" sideOffset={4} collisionPadding={8} aria-label="What to do with this point">
          <Radix.Label className={float.heading}>{point.heading}</Radix.Label>
          <MenuItems items={items} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
