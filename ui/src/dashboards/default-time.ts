/** The time that a dashboard opens with. Source: openapi core-v1, `DashboardDefaultTimeframeSetting`. */
import type { Selection } from '../time/selection';
import { spanMs } from '../widgets/time';
import type { Dashboard } from './model';

export function defaultTime({ default_timeframe: frame }: Pick<Dashboard, 'default_timeframe'>): Selection | undefined {
  if (!frame || typeof frame !== 'object') return undefined;
  const { from, to, unit, value } = frame;
  if (typeof from === 'number' && typeof to === 'number' && to > from) return { kind: 'fixed', from, to };
  const ms = unit !== undefined && typeof value === 'number' ? spanMs({ unit, value }) : undefined;
  return ms === undefined || ms <= 0 ? undefined : { kind: 'relative', ms };
}
