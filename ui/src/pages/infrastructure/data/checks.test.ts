import { expect, it } from 'vitest';

import { checkLines, type ServiceCheck } from './checks';

const result = (check: string, status: string, tags: ServiceCheck['tags'], time = 1, message = ''): ServiceCheck => ({ check, status, tags, time, message });

it('puts alike results together, the worst first', () => {
  const lines = checkLines(
    [
      result('agent.check', 'ok', ['check:cpu', 'host:a'], 5),
      result('agent.check', 'critical', ['check:ntp']),
      result('agent.check', 'ok', 'check:disk,host:a', 9),
      result('b', 'warning', null, 1, 'slow'),
    ],
    'a',
  );
  expect(lines).toEqual([
    { check: 'agent.check', status: 'critical', message: '', tags: ['check:ntp'], count: 1, time: 1 },
    { check: 'b', status: 'warning', message: 'slow', tags: [], count: 1, time: 1 },
    { check: 'agent.check', status: 'ok', message: '', tags: ['check:cpu', 'check:disk'], count: 2, time: 9 },
  ]);
});
