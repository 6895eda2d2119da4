import { describe, expect, it } from 'vitest';

import { substitute, substituteText, type Variables } from './variables';

const variables = (values: Record<string, string[]>): Variables => ({
  declared: [
    { name: 'env', prefix: 'env', default: 'prod' },
    { name: 'host', prefix: 'host', defaults: ['*'] },
    { name: 'app.name', prefix: 'app' },
    { name: 'text' },
  ],
  values,
});

describe('substitute', () => {
  it.each([
    ['avg:a{$env}', {}, 'avg:a{env:prod}'],
    ['avg:a{$env,$host}', {}, 'avg:a{env:prod,*}'],
    ['avg:a{$env}', { env: ['dev', 'prod'] }, 'avg:a{env IN (dev,prod)}'],
    ['avg:a{$env}', { env: ['*'] }, 'avg:a{*}'],
    ['avg:a{environment:$env.value}', { env: ['dev'] }, 'avg:a{environment:dev}'],
    ['avg:a{$app.name}', { 'app.name': ['x'] }, 'avg:a{app:x}'],
    ['on $host.key = $host.value', { host: ['web-1'] }, 'on host = web-1'],
    ['$unknown and $text', { text: ['free'] }, '$unknown and free'],
    ['costs 5$', {}, 'costs 5$'],
  ])('%s with %j', (text, values, expected) => {
    expect(substitute(text, variables(values as Record<string, string[]>))).toBe(expected);
  });
});

it('lists several values in texts as people do', () => {
  expect(substituteText('of $env.value', variables({ env: ['dev', 'prod'] }))).toBe('of dev, prod');
  expect(substituteText('of $env', variables({ env: ['dev'] }))).toBe('of env:dev');
});
