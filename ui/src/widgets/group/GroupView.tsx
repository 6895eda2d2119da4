/** A group: a heading on coloured paper and a grid of its own. Folded, it asks for no data. */
import { ChevronDown } from 'lucide-react';
import { useContext, useId, useState } from 'react';

import type { WidgetDefinition } from '../../dashboards/model';
import { substitute } from '../../dashboards/variables';
import { safeSrc } from '../../explorer/markdown';
import { cx } from '../../util/cx';
import { useWidget } from '../context';
import { paperOf } from '../parts/paper';
import { ALIGNS, flag, oneOf, text } from '../parts/read';
import type { WidgetViewProps } from '../registry/kind';
import { ChildGrid } from './ChildGrid';
import styles from './group.module.css';
import { GroupSeamOf } from './seam';

export default function GroupView({ definition }: WidgetViewProps) {
  const { variables } = useWidget();
  const seam = useContext(GroupSeamOf);
  const [isOwnFolded, setOwnFolded] = useState(false);
  const body = useId();
  const isFolded = seam?.isFolded ?? isOwnFolded;
  const fold = seam?.onFold ?? (() => setOwnFolded(!isOwnFolded));
  const title = substitute(text(definition.title), variables);
  const banner = safeSrc(text(definition['banner_img']));
  // Without a title and a banner there still is something to fold it by.
  const hasHead = flag(definition['show_title'], true) || banner === undefined;
  return (
    <div className={styles.group} data-folded={isFolded || undefined}>
      {banner !== undefined && <Banner key={banner} src={banner} />}
      {hasHead && <Head definition={definition} title={title} isFolded={isFolded} onFold={fold} controls={body} />}
      {!isFolded && (
        <div id={body} className={styles.body}>
          {seam?.children ?? <ChildGrid widgets={definition['widgets']} />}
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

/** A picture over the heading; one that does not load leaves its room empty, so that nothing jumps. */
function Banner({ src }: { src: string }) {
  const [isBroken, setBroken] = useState(false);
  return <div className={styles.banner}>{!isBroken && <img src={src} alt="" loading="lazy" referrerPolicy="no-referrer" onError={() => setBroken(true)} />}</div>;
}
