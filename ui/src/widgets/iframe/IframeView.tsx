/**
 * Another site in a frame. It keeps its own origin, so that what is drawn there works, and gets no
 * more: it cannot reach into this page, lead it elsewhere or be this page. Addresses of this server
 * are refused, since a frame of our own origin could reach everything.
 */
import { ExternalLink, Globe } from 'lucide-react';
import { useState } from 'react';

import { substitute } from '../../dashboards/variables';
import { useWidget } from '../context';
import { text } from '../parts/read';
import type { WidgetViewProps } from '../registry/kind';
import { frameUrl } from './frame-url';
import styles from './iframe.module.css';

/** No `allow-top-navigation`: the frame stays in its box. */
const SANDBOX = 'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox';

export default function IframeView({ definition }: WidgetViewProps) {
  const { variables, isActive } = useWidget();
  // Once shown it stays: coming back into view must not load it anew.
  const [wasActive, setWasActive] = useState(isActive);
  if (isActive && !wasActive) setWasActive(true);
  const frame = frameUrl(substitute(text(definition['url']), variables), window.location.origin);
  if ('refused' in frame) {
    return (
      <div className={styles.refused}>
        <Globe aria-hidden />
        <span>{frame.refused}</span>
      </div>
    );
  }
  return (
    <div className={styles.place}>
      {wasActive && <iframe className={styles.frame} src={frame.url} title={new URL(frame.url).host} sandbox={SANDBOX} referrerPolicy="no-referrer" allow="" loading="lazy" />}
      <a className={styles.open} href={frame.url} target="_blank" rel="noopener noreferrer nofollow" aria-label={`Open ${frame.url}`} title="Open in a tab of its own">
        <ExternalLink aria-hidden />
      </a>
    </div>
  );
}
