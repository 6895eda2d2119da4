import { useState } from 'react';

import type { Inline } from './markdown';
import styles from './markdown.module.css';

/** A picture in a text; one that does not load is a link with its words. */
export function MarkdownImage({ part }: { part: Extract<Inline, { kind: 'image' }> }) {
  const [isBroken, setBroken] = useState(false);
  const image = isBroken ? (
    <span className={styles.broken}>{part.text || 'picture'}</span>
  ) : (
    <img className={styles.image} src={part.src} alt={part.text} loading="lazy" referrerPolicy="no-referrer" onError={() => setBroken(true)} />
  );
  const href = part.href ?? (isBroken && part.src.startsWith('https:') ? part.src : undefined);
  return href === undefined ? image : (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {image}
    </a>
  );
}
