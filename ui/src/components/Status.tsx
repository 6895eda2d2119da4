import { CircleAlert, CircleCheck, CircleDashed, TriangleAlert, VolumeX } from 'lucide-react';

import { cx } from '../util/cx';
import styles from './status.module.css';

export type State = 'ok' | 'warn' | 'alert' | 'nodata' | 'muted';

const SHOWN = {
  ok: [CircleCheck, 'OK'],
  warn: [TriangleAlert, 'Warn'],
  alert: [CircleAlert, 'Alert'],
  nodata: [CircleDashed, 'No data'],
  muted: [VolumeX, 'Muted'],
} as const;

/** A state as icon, colour and word. */
export function Status({ state, text, iconOnly = false }: { state: State; text?: string; iconOnly?: boolean }) {
  const [Icon, word] = SHOWN[state];
  const label = text ?? word;
  return (
    <span className={cx(styles.status, styles[state])} title={iconOnly ? label : undefined}>
      <Icon aria-hidden />
      <span className={iconOnly ? 'sr-only' : undefined}>{label}</span>
    </span>
  );
}

/** The state of a service check's or monitor's word. */
export function stateOf(word: string): State {
  switch (word.toLowerCase()) {
    case 'ok':
    case 'success':
      return 'ok';
    case 'warning':
    case 'warn':
      return 'warn';
    case 'critical':
    case 'alert':
    case 'error':
      return 'alert';
    default:
      return 'nodata';
  }
}
