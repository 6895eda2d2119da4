/** A note: Markdown on coloured paper, with a tick towards what it speaks of. */
import { useMemo, useRef } from 'react';

import { substituteText, type Variables } from '../../dashboards/variables';
import { Markdown } from '../../explorer/Markdown';
import { markdownBlocks } from '../../explorer/markdown';
import { cx } from '../../util/cx';
import { useWidget } from '../context';
import { paperOf } from '../parts/paper';
import { ALIGNS, flag, HEIGHTS, number, oneOf, text } from '../parts/read';
import { useOverflow } from '../parts/use-overflow';
import type { WidgetViewProps } from '../registry/kind';
import styles from './note.module.css';

const FONT_SIZE = 14;
/** In boxes that are narrower than the text was written for. */
const SMALLEST = 10;
const EDGES = ['left', 'right', 'top', 'bottom'] as const;

export default function NoteView({ definition }: WidgetViewProps) {
  const { variables } = useWidget();
  const content = filledIn(text(definition['content']), variables);
  const blocks = useMemo(() => markdownBlocks(content), [content]);
  const paper = paperOf(text(definition['background_color']));
  const scroller = useRef<HTMLDivElement>(null);
  const isOver = useOverflow(scroller, blocks);
  const edge = oneOf(definition['tick_edge'], EDGES, 'left');
  const hasTick = flag(definition['show_tick']);
  return (
    <div className={cx(styles.place, hasTick && styles[edge])}>
      <div
        ref={scroller}
        {...(isOver ? { tabIndex: 0, role: 'group', 'aria-label': 'Note' } : {})}
        className={cx(styles.note, paper.className, paper.isVivid && styles.vivid, flag(definition['has_padding'], true) && styles.padded)}
        style={{ ...paper.style, fontSize: `clamp(${SMALLEST}px, 11cqw, ${fontSize(definition['font_size'])}px)`, textAlign: oneOf(definition['text_align'], ALIGNS, 'left') }}
      >
        <div className={cx(styles.text, styles[oneOf(definition['vertical_align'], HEIGHTS, 'top')])}>
          <Markdown blocks={blocks} isDocument />
        </div>
      </div>
      {hasTick && <i className={cx(styles.tick, paper.className, styles[`at-${edge}`])} style={{ ...paper.style, ...tickPlace(edge, text(definition['tick_pos'])) }} aria-hidden />}
    </div>
  );
}

const CODE = /(```[\s\S]*?```|`[^`\n]*`)/;

/** Variables put in, but not in code: there people write what the variables are called. */
export function filledIn(content: string, variables: Variables): string {
  return content
    .split(CODE)
    .map((part, at) => (at % 2 === 1 ? part : substituteText(part, variables)))
    .join('');
}

/** In pixels; `auto` is the usual one. */
export function fontSize(value: unknown): number {
  const size = number(text(value).replace(/px$/, '')) ?? FONT_SIZE;
  return Math.min(200, Math.max(SMALLEST, size));
}

/** Along its edge: `50%`. */
function tickPlace(edge: (typeof EDGES)[number], position: string): { top: string } | { left: string } {
  const percent = Math.min(95, Math.max(5, number(position.replace('%', '')) ?? 50));
  return edge === 'left' || edge === 'right' ? { top: `${percent}%` } : { left: `${percent}%` };
}
