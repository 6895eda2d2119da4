import { expect, it } from 'vitest';

import { frameUrl } from './frame-url';

const OWN = 'https://procyon.example';

it.each([
  ['https://status.example/board', { url: 'https://status.example/board' }],
  ['//status.example', { url: 'https://status.example/' }],
  ['status.example/x', { url: 'https://status.example/x' }],
  ['', { refused: 'No address yet' }],
  ['javascript:alert(1)', { refused: 'Only http: and https: pages are shown, not javascript:' }],
  [' JaVaScRiPt:alert(1)', { refused: 'Only http: and https: pages are shown, not javascript:' }],
  ['data:text/html,<script>alert(1)</script>', { refused: 'Only http: and https: pages are shown, not data:' }],
  ['blob:https://procyon.example/1', { refused: 'Only http: and https: pages are shown, not blob:' }],
  ['https://procyon.example/organization-settings/api-keys', { refused: 'Pages of this server are not shown in a frame' }],
  ['http://status.example', { refused: 'The browser shows no http: page inside an https: one' }],
])('%j', (address, expected) => {
  expect(frameUrl(address, OWN)).toEqual(expected);
});

it('shows http: pages in an http: page', () => {
  expect(frameUrl('http://wiki.local/', 'http://127.0.0.1:8127')).toEqual({ url: 'http://wiki.local/' });
});
