import { expect, it } from 'vitest';

import { defaultTime } from './default-time';
import type { Dashboard } from './model';

it.each([
  [undefined, undefined],
  [null, undefined],
  [{ type: 'live', unit: 'hour', value: 4 }, { kind: 'relative', ms: 4 * 3_600_000 }],
  [{ type: 'live', unit: 'week', value: 1 }, { kind: 'relative', ms: 7 * 86_400_000 }],
  [{ type: 'fixed', from: 1000, to: 2000 }, { kind: 'fixed', from: 1000, to: 2000 }],
  [{ type: 'fixed', from: 3000, to: 2000 }, undefined],
  [{ type: 'live', unit: 'aeon', value: 1 }, undefined],
  ['1h', undefined],
])('%j opens with %j', (frame, expected) => {
  expect(defaultTime({ default_timeframe: frame } as unknown as Dashboard)).toEqual(expected);
});
