import { CircleAlert, CircleCheck, Info, Lightbulb, TriangleAlert, UserRound } from 'lucide-react';

import { cx } from '../../util/cx';
import styles from './events.module.css';

const SHOWN = {
  error: [CircleAlert, 'alert'],
  warning: [TriangleAlert, 'warn'],
  warn: [TriangleAlert, 'warn'],
  success: [CircleCheck, 'ok'],
  ok: [CircleCheck, 'ok'],
  user_update: [UserRound, 'muted'],
  recommendation: [Lightbulb, 'muted'],
} as const;

/** An event's status as icon, colour and word. */
export function StatusMark({ status, iconOnly = false }: { status: string; iconOnly?: boolean }) {
  const [Icon, tone] = status in SHOWN ? SHOWN[status as keyof typeof SHOWN] : ([Info, 'info'] as const);
  return (
    <span className={cx(styles.mark, styles[tone])} title={iconOnly ? status : undefined}>
      <Icon aria-hidden />
      <span className={iconOnly ? 'sr-only' : undefined}>{status}</span>
    </span>
  );
}
