/** A group: a heading on coloured paper and a grid of its own. Folded, it asks for no data. */
import { ChevronDown } from 'lucide-react';
import { useId, useState } from 'react';

import { childrenOf, GroupGrid, useFold, useFrame } from '../../dashboards/grid';
import type { WidgetDefinition } from '../../dashboards/model';
import { substituteText } from '../../dashboards/variables';
import { safeSrc } from '../../explorer/markdown';
import { cx } from '../../util/cx';
import { useWidget } from '../context';
import { paperOf } from '../parts/paper';
import { ALIGNS, flag, oneOf, text } from '../parts/read';
import type { WidgetViewProps } from '../registry/kind';
import styles from './group.module.css';
import { OwnBoard } from './OwnBoard';

export default function GroupView({ definition }: WidgetViewProps) {
  // Without a dashboard around, as in previews, it is one by itself.
  return useFrame().id === undefined ? (
    <OwnBoard>
      <Group definition={definition} />
    </OwnBoard>
  ) : (
    <Group definition={definition} />
  );
}

export function Group({ definition }: WidgetViewProps) {
  const { variables } = useWidget();
  const { isFolded, toggle } = useFold();
  const body = useId();
  const title = substituteText(text(definition.title), variables);
  const banner = text(definition['banner_img']);
  const [isBroken, setBroken] = useState(false);
  const src = isBroken ? undefined : safeSrc(banner);
  // Without a title and a picture there still is something to fold it by.
  const hasHead = flag(definition['show_title'], true) || src === undefined;
  const children = childrenOf({ definition });
  return (
    <div className={styles.group} data-folded={isFolded || undefined}>
      {banner !== '' && src === undefined && flag(definition['show_title'], true) && <div className={styles.banner} />}
      {src !== undefined && (
        <div className={styles.banner}>
          <img key={src} src={src} alt="" loading="lazy" referrerPolicy="no-referrer" onError={() => setBroken(true)} />
        </div>
      )}
      {hasHead && <Head definition={definition} title={title} isFolded={isFolded} onFold={toggle} controls={body} />}
      {!isFolded && (
        <div id={body} className={styles.body}>
          {children.length === 0 && <p className={styles.empty}>Nothing is in this group yet</p>}
          <GroupGrid widgets={children} />
        </div>
      )}
    </div>
  );
}

interface HeadProps {
  definition: WidgetDefinition;
  title: string;
  isFolded: boolean;
  onFold: () => void;
  controls: string;
}

function Head({ definition, title, isFolded, onFold, controls }: HeadProps) {
  const paper = paperOf(text(definition['background_color']), 'plain');
  const align = oneOf(definition.title_align, ALIGNS, 'left');
  return (
    <button type="button" className={cx(styles.head, paper.className, isFolded && styles.folded)} style={paper.style} aria-expanded={!isFolded} aria-controls={controls} onClick={onFold}>
      <ChevronDown aria-hidden />
      <span className={styles.title} style={{ textAlign: align }}>
        {title || <span className="sr-only">Group</span>}
      </span>
    </button>
  );
}
