import type { MenuEntry } from '../components/Menu';
import { fullText } from '../time/format';
import type { Zone } from '../time/zone';
import type { ChartSeries } from './data';
import { formatValue } from './format';
import { PointPivot } from './PointPivot';

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
  extra: ((picked: Picked) => readonly MenuEntry[]) | undefined;
  onClose: () => void;
}

/** The pivot menu of a point of a series. */
export function ChartPivot({ picked, zone, onFilter, extra, onClose }: Props) {
  const { series, time, value, x, y } = picked;
  const heading = `${series.label} · ${formatValue(value, series.unit)} · ${fullText(time, zone)}`;
  const point = { x, y, heading, tags: series.tags, label: series.label, at: time, metric: series.metric };
  return <PointPivot point={point} onFilter={onFilter} extra={extra?.(picked)} onClose={onClose} />;
}
