import { TipRow, type Tip } from '../parts/tip';
import { percent } from '../query/tree';
import { arcPath } from '../sunburst/arcs';
import type { Drawing, DrawnMark } from './marks';
import styles from './wildcard.module.css';

interface Props {
  drawing: Drawing;
  /** Empty: a pie; else the part of the radius that stays open. */
  hole: number;
  colorOf: (name: string) => string;
  write: (value: number) => string;
  tip: Tip;
  onPick: (event: React.MouseEvent, mark: DrawnMark, said: string) => void;
  label: string;
}

const RADIUS = 100;

/** Shares of a whole around a centre, in the order of their names. */
export function Arcs({ drawing: { marks, names }, hole, colorOf, write, tip, onPick, label }: Props) {
  const shown = names.flatMap((name) => marks.find(({ across, value }) => across === name && value > 0) ?? []);
  const total = shown.reduce((sum, { value }) => sum + value, 0);
  let from = 0;
  return (
    <svg className={styles.arcs} viewBox="-102 -102 204 204" role="group" aria-label={`${label}: ${shown.length} shares`} onMouseLeave={tip.hide}>
      {shown.map((mark) => {
        const start = from;
        from += mark.value / total;
        const color = colorOf(String(mark.across));
        return (
          <path
            key={String(mark.across)}
            className={styles.slice}
            d={arcPath(start, from, RADIUS * hole, RADIUS)}
            fill={color}
            onMouseMove={(event) => tip.show(event, <><TipRow color={color} name={String(mark.across) || 'N/A'} value={write(mark.value)} /><TipRow name="Of all" value={percent(mark.value, total)} /></>)}
            onClick={(event) => onPick(event, mark, write(mark.value))}
          />
        );
      })}
    </svg>
  );
}
