import * as Radix from '@radix-ui/react-dropdown-menu';

import float from '../components/float.module.css';
import { MenuItems } from '../components/Menu';
import { usePivots } from '../components/pivot';
import { fullText } from '../time/format';
import type { Zone } from '../time/zone';
import styles from './chart.module.css';
import type { ChartSeries } from './data';
import { formatValue } from './format';

export interface Picked {
  x: number;
  y: number;
  time: number;
  series: ChartSeries;
  value: number;
}

interface Props {
  picked: Picked;
  zone: Zone;
  onFilter: ((tag: string, isOut: boolean) => void) | undefined;
  onClose: () => void;
}

/** The pivot menu of a point, where it was clicked. */
export function ChartPivot({ picked, zone, onFilter, onClose }: Props) {
  const { series, time, value } = picked;
  // A host leads the furthest.
  const tag = series.tags.find((text) => text.startsWith('host:')) ?? series.tags[0] ?? series.label;
  const items = usePivots({
    text: tag,
    at: time,
    ...(series.metric ? { metric: series.metric } : {}),
    ...(onFilter && series.tags.length > 0 ? { onFilter } : {}),
  });
  return (
    <Radix.Root open modal={false} onOpenChange={(open) => !open && onClose()}>
      <Radix.Trigger asChild>
        <span className={styles.anchor} style={{ left: picked.x, top: picked.y }} aria-hidden />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={float.menu} align="start" sideOffset={4} collisionPadding={8} aria-label="What to do with this point">
          <Radix.Label className={float.heading}>
            {series.label} · {formatValue(value, series.unit)} · {fullText(time, zone)}
          </Radix.Label>
          <MenuItems items={items} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
