/** Bars, lines, areas and points between two axes. */
import { useRef } from 'react';

import type { UnitPair } from '../../charts/units';
import { axisFor } from '../parts/ticks';
import { TipRow, type Tip } from '../parts/tip';
import { useSize } from '../parts/use-size';
import { stackedMarks, type Drawing, type DrawnMark } from './marks';
import type { Channel, Spec } from './spec';
import styles from './wildcard.module.css';

interface Props {
  spec: Pick<Spec, 'mark' | 'channels'>;
  /** Of the values. */
  unit?: UnitPair;
  drawing: Drawing;
  colorOf: (group: string) => string;
  write: (value: number) => string;
  tip: Tip;
  onPick: (event: React.MouseEvent, mark: DrawnMark, said: string) => void;
  label: string;
}

const PAD = { left: 52, right: 12, top: 8, bottom: 24 };
const TITLE = 16;
const LETTER = 6.2;
const NAMES_MOST = 140;
const WIDEST = 56;
const DOT = { least: 3, most: 14 };

export function Plot({ spec, unit = null, drawing, colorOf, write, tip, onPick, label }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const { isSideways, names, groups } = drawing;
  const [nameChannel, valueChannel] = isSideways ? [spec.channels.y, spec.channels.x] : [spec.channels.x, spec.channels.y];
  const titles = { x: titleOf(spec.channels.x), y: titleOf(spec.channels.y) };
  const longest = Math.max(0, ...names.map((name) => name.length)) * LETTER + 12;
  const left = (isSideways ? Math.min(NAMES_MOST, Math.max(36, longest)) : PAD.left) + (titles.y ? TITLE : 0);
  const bottom = PAD.bottom + (titles.x ? TITLE : 0);
  const inner = { width: Math.max(1, width - left - PAD.right), height: Math.max(1, height - PAD.top - bottom) };
  const isStacked = valueChannel?.isStacked !== false && !valueChannel?.isLog && (spec.mark === 'bar' || spec.mark === 'area');
  const segments = stackedMarks(drawing, isStacked);
  const look = (channel: Channel | undefined) => ({ includesZero: spec.mark === 'bar' || spec.mark === 'area' || channel?.hasZero !== false, ...(channel?.isLog ? { scale: 'log' as const } : {}) });
  const axis = axisFor(segments.flatMap(({ from, to }) => (valueChannel?.isLog || spec.mark === 'point' || spec.mark === 'line' ? [to] : [from, to])), look(valueChannel), unit, Math.max(2, isSideways ? inner.width / 80 : inner.height / 44));
  const numbers = names.length === 0 ? axisFor(drawing.marks.map(({ across }) => Number(across)), { ...look(nameChannel), includesZero: nameChannel?.hasZero !== false && spec.mark === 'point' }, null, Math.max(2, inner.width / 80)) : undefined;
  const step = (isSideways ? inner.height : inner.width) / Math.max(1, names.length);
  const at = new Map(names.map((name, place) => [name, place]));
  const along = (across: string | number) => (numbers ? numbers.place(Number(across)) * inner.width : ((at.get(String(across)) ?? 0) + 0.5) * step);
  const value = (of: number) => axis.place(axis.isLog ? Math.max(of, axis.low) : of) * (isSideways ? inner.width : inner.height);
  /** A place on the screen. */
  const point = (a: number, v: number): [number, number] => (isSideways ? [left + v, PAD.top + a] : [left + a, PAD.top + inner.height - v]);
  const most = Math.max(0, ...drawing.marks.map(({ size }) => size ?? 0));
  const hover = (mark: DrawnMark) => ({
    className: styles.mark,
    onMouseMove: (event: React.MouseEvent) => tip.show(event, <TipRow color={colorOf(mark.group)} name={[String(mark.across), mark.group].filter((part) => part !== '').join(' · ')} value={write(mark.value)} />),
    onClick: (event: React.MouseEvent) => onPick(event, mark, write(mark.value)),
  });
  const room = Math.floor((isSideways ? left - 12 - (titles.y ? TITLE : 0) : step) / LETTER);
  const every = isSideways ? Math.ceil(14 / Math.max(1, step)) : Math.ceil(24 / Math.max(1, step));
  const thick = Math.min(WIDEST, step * 0.72);
  return (
    <div ref={box} className={styles.plot}>
      <svg width={width} height={height} role="group" aria-label={`${label}: ${drawing.marks.length} marks`} onMouseLeave={tip.hide}>
        {axis.ticks.map((tick, place) => {
          const [x1, y1] = point(0, value(tick));
          return isSideways ? (
            <g key={tick}>
              <line className={styles.grid} x1={x1} x2={x1} y1={PAD.top} y2={PAD.top + inner.height} />
              <text className={styles.tick} x={x1} y={PAD.top + inner.height + 16} textAnchor="middle">{axis.labels[place]}</text>
            </g>
          ) : (
            <g key={tick}>
              <line className={styles.grid} x1={left} x2={left + inner.width} y1={y1} y2={y1} />
              <text className={styles.tick} x={left - 6} y={y1} textAnchor="end" dominantBaseline="central">{axis.labels[place]}</text>
            </g>
          );
        })}
        {numbers?.ticks.map((tick, place) => (
          <text key={tick} className={styles.tick} x={left + numbers.place(tick) * inner.width} y={PAD.top + inner.height + 16} textAnchor="middle">
            {numbers.labels[place]}
          </text>
        ))}
        {room >= 2 && names.map((name, place) => {
          if (place % every !== 0) return null;
          const [x, y] = isSideways ? [left - 6, PAD.top + (place + 0.5) * step] : [left + (place + 0.5) * step, PAD.top + inner.height + 16];
          const short = room * every;
          return (
            <text key={name} className={styles.tick} x={x} y={y} textAnchor={isSideways ? 'end' : 'middle'} dominantBaseline={isSideways ? 'central' : undefined}>
              <title>{name}</title>
              {name.length > short ? `${name.slice(0, Math.max(1, short - 1))}…` : name || 'N/A'}
            </text>
          );
        })}
        {titles.x && <text className={styles.tick} x={left + inner.width / 2} y={height - 4} textAnchor="middle">{titles.x}</text>}
        {titles.y && <text className={styles.tick} transform={`translate(11 ${PAD.top + inner.height / 2}) rotate(-90)`} textAnchor="middle">{titles.y}</text>}
        {spec.mark === 'bar' && segments.map(({ mark, from, to }) => {
          const slot = isStacked ? thick : thick / groups.length;
          const middle = along(mark.across) - thick / 2 + (isStacked ? 0 : groups.indexOf(mark.group) * slot);
          const [a, b] = [point(middle, value(from)), point(middle + slot, value(to))];
          return <rect key={`${mark.across} ${mark.group}`} {...hover(mark)} x={Math.min(a[0], b[0])} y={Math.min(a[1], b[1])} width={Math.max(1, Math.abs(a[0] - b[0]))} height={Math.max(1, Math.abs(a[1] - b[1]))} fill={colorOf(mark.group)} rx={1} />;
        })}
        {(spec.mark === 'line' || spec.mark === 'area') && groups.map((group) => {
          const own = segments.filter(({ mark }) => mark.group === group).sort((a, b) => along(a.mark.across) - along(b.mark.across));
          const path = (end: 'from' | 'to') => own.map((one) => point(along(one.mark.across), value(one[end])).map((n) => n.toFixed(1)).join(' '));
          return (
            <g key={group} fill="none" stroke={colorOf(group)} strokeWidth={1.5}>
              {spec.mark === 'area' && <path d={`M${path('to').join('L')}L${path('from').reverse().join('L')}Z`} fill={colorOf(group)} fillOpacity={0.35} stroke="none" />}
              <path d={`M${path('to').join('L')}`} strokeLinejoin="round" />
              {own.map(({ mark, to }) => {
                const [cx, cy] = point(along(mark.across), value(to));
                return <circle key={String(mark.across)} {...hover(mark)} cx={cx} cy={cy} r={7} fill="transparent" stroke="none" />;
              })}
            </g>
          );
        })}
        {spec.mark === 'point' && drawing.marks.map((mark, place) => {
          const [cx, cy] = point(along(mark.across), value(mark.value));
          const radius = mark.size === null || most <= 0 ? 4 : DOT.least + Math.sqrt(Math.max(0, mark.size) / most) * (DOT.most - DOT.least);
          return <circle key={place} {...hover(mark)} cx={cx} cy={cy} r={radius} fill={colorOf(mark.group)} fillOpacity={0.75} />;
        })}
      </svg>
    </div>
  );
}

function titleOf(channel: Channel | undefined): string {
  if (!channel) return '';
  return channel.title ?? (channel.type === 'quantitative' ? [channel.aggregate, channel.field].filter(Boolean).join(' of ') : '');
}
