import { describe, expect, it } from 'vitest';

import { clientSteps, LANGUAGES } from './clients';
import { cleanUrl, hostPort, isLoopback, procyonSteps, WAYS, type Step, type Target } from './commands';
import { datadogSteps, env, yaml } from './datadog-agent';

const TARGET: Target = { key: 'k0123456789', url: 'http://10.0.0.5:8127', site: 'procyon.example.com' };
const codeOf = (steps: Step[]) => steps.map((step) => step.code ?? '').join('\n');

it.each([
  ['http://a:8127', 'a:8127', true],
  ['https://a', 'a:443', false],
  ['http://a/x', 'a:80', true],
])('host and port of %s', (url, host, isPlain) => {
  expect(hostPort(url)).toEqual({ host, isPlain });
});

it.each([
  ['http://127.0.0.1:8127', true],
  ['http://localhost', true],
  ['http://[::1]:8127', true],
  ['http://10.0.0.5:8127', false],
  ['http://localhost.example.com', false],
])('loopback %s', (url, expected) => {
  expect(isLoopback(url)).toBe(expected);
});

it.each([
  ['10.0.0.5:8127', 'http://10.0.0.5:8127'],
  ['https://p.example.com/', 'https://p.example.com'],
  ['http://p/x/', 'http://p/x'],
  ['', undefined],
  ['http://a b', undefined],
  ['http://u:p@h', undefined],
])('cleans %s', (text, expected) => {
  expect(cleanUrl(text)).toBe(expected);
});

describe('every way', () => {
  const all = WAYS.flatMap(({ id, platforms }) => platforms.map((platform) => [id, platform] as const));
  it.each(all)('%s on %s has steps', (way, platform) => {
    const steps = way === 'procyon' ? procyonSteps(platform, TARGET) : datadogSteps(platform, 'url', TARGET);
    expect(steps.length).toBeGreaterThan(0);
    if (way === 'procyon' && platform === 'kubernetes') return;
    expect(codeOf(steps)).toContain(TARGET.key);
    expect(codeOf(steps)).toContain(TARGET.url);
  });
  it.each(['linux', 'docker', 'kubernetes', 'macos', 'windows'] as const)('by site on %s', (platform) => {
    const code = codeOf(datadogSteps(platform, 'site', TARGET));
    expect(code).toContain('app.procyon.example.com');
    expect(code).toContain(TARGET.key);
    expect(code).not.toMatch(/dd_url: http|DD_DD_URL/);
  });
});

it('the Agent speaks plainly to plain HTTP only', () => {
  expect(yaml('url', TARGET)).toContain('logs_no_ssl: true');
  expect(yaml('url', { ...TARGET, url: 'https://p.example.com' })).not.toContain('logs_no_ssl');
  expect(Object.fromEntries(env('url', TARGET))).toMatchObject({
    DD_DD_URL: TARGET.url,
    DD_LOGS_CONFIG_LOGS_DD_URL: '10.0.0.5:8127',
    DD_APM_DD_URL: TARGET.url,
    DD_PROCESS_CONFIG_PROCESS_DD_URL: TARGET.url,
  });
});

it.each(LANGUAGES.map(({ id }) => id))('%s sends page.views', (language) => {
  expect(codeOf(clientSteps(language, TARGET))).toContain('page.views');
});
