import { substituteText } from '../../dashboards/variables';
import { useWidget } from '../context';
import { cssColor, paperOf } from '../parts/paper';
import { ALIGNS, number, oneOf, text } from '../parts/read';
import type { WidgetViewProps } from '../registry/kind';
import { cx } from '../../util/cx';
import { fontSize } from './NoteView';
import styles from './free-text.module.css';

/** A line of text without Markdown, as large as it says; `auto` fills its box. */
export default function FreeTextView({ definition }: WidgetViewProps) {
  const { variables } = useWidget();
  const content = substituteText(text(definition['text']), variables);
  const paper = paperOf(text(definition['background_color']), 'transparent');
  const isAuto = number(text(definition['font_size']).replace(/px$/, '')) === undefined;
  // The longest line decides: a letter is about 0.6 as wide as high.
  const letters = Math.max(2, ...content.split('\n').map((line) => line.length));
  const color = cssColor(text(definition['color']));
  return (
    <div className={cx(styles.place, paper.className)} style={paper.style}>
      <div
        className={styles.text}
        style={{
          fontSize: isAuto ? `min(72cqh, ${160 / letters}cqw)` : fontSize(definition['font_size']),
          textAlign: oneOf(definition['text_align'], ALIGNS, 'left'),
          ...(color ? { color } : {}),
        }}
      >
        {content}
      </div>
    </div>
  );
}
