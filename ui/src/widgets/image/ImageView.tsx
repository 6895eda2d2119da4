/**
 * A picture by its address: of this server, in the definition itself, or of an `https:` place
 * elsewhere; the browser asks that place without saying where from. One that is not shown is its
 * name and a link.
 */
import { ExternalLink, ImageOff } from 'lucide-react';
import { useState } from 'react';

import { useShownTheme } from '../../charts';
import { substitute } from '../../dashboards/variables';
import { safeHref, safeSrc } from '../../explorer/markdown';
import { cx } from '../../util/cx';
import { useWidget } from '../context';
import { ALIGNS, flag, HEIGHTS, oneOf, text } from '../parts/read';
import type { WidgetViewProps } from '../registry/kind';
import styles from './image.module.css';

/** Old names beside today's. */
const SIZING: Readonly<Record<string, string>> = { zoom: 'cover', fit: 'contain', center: 'none', fill: 'fill', contain: 'contain', cover: 'cover', none: 'none', 'scale-down': 'scale-down' };

export default function ImageView({ definition }: WidgetViewProps) {
  const { variables } = useWidget();
  const theme = useShownTheme();
  const dark = theme === 'dark' ? text(definition['url_dark_theme']) : '';
  const url = substitute((dark || text(definition['url'])).trim(), variables);
  const margin = oneOf(definition['margin'], ['sm', 'md', 'lg', 'small', 'large'], 'sm');
  return (
    <div className={cx(styles.frame, flag(definition['has_background'], true) && styles.background, flag(definition['has_border'], true) && styles.border, styles[margin])}>
      <Picture
        key={url}
        url={url}
        fit={SIZING[text(definition['sizing'])] ?? 'contain'}
        place={`${oneOf(definition['horizontal_align'], ALIGNS, 'center')} ${oneOf(definition['vertical_align'], HEIGHTS, 'center')}`}
      />
    </div>
  );
}

function Picture({ url, fit, place }: { url: string; fit: string; place: string }) {
  const [isBroken, setBroken] = useState(false);
  const src = safeSrc(url);
  if (src === undefined || isBroken) return <NoPicture url={url} isBroken={isBroken} />;
  return <img className={styles.image} src={src} alt={nameOf(url)} style={{ objectFit: fit as 'contain', objectPosition: place }} loading="lazy" referrerPolicy="no-referrer" onError={() => setBroken(true)} />;
}

function NoPicture({ url, isBroken }: { url: string; isBroken: boolean }) {
  const href = safeHref(url);
  const why = url === '' ? 'No address' : isBroken ? 'Did not load' : href ? 'Only https: pictures are shown here' : 'The address is not one of a picture';
  return (
    <div className={styles.missing}>
      <ImageOff aria-hidden />
      <span className={styles.name}>{nameOf(url)}</span>
      <span className={styles.why}>
        {why}
        {href && !href.startsWith('/') && (
          <a href={href} target="_blank" rel="noopener noreferrer nofollow">
            Open <ExternalLink aria-hidden />
          </a>
        )}
      </span>
    </div>
  );
}

/** What the file is called: `/static/logos/apache_large.svg` is `apache`. */
export function nameOf(url: string): string {
  if (url.startsWith('data:')) return 'Picture';
  const file = /([^/?#]+)(?:[?#].*)?$/.exec(url)?.[1] ?? '';
  const name = file.replace(/\.\w{2,5}$/, '').replace(/[_-](large|small|medium|hero|avatar|logo|\d+)+$/g, '');
  try {
    return decodeURIComponent(name).replace(/[_-]+/g, ' ').trim() || 'Picture';
  } catch {
    return name || 'Picture';
  }
}
