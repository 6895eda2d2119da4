import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';

import type { WidgetDefinition } from '../dashboards/model';
import { WidgetContextOf, type WidgetContext } from './context';
import IframeView from './iframe/IframeView';
import ImageView from './image/ImageView';
import FreeTextView from './note/FreeTextView';
import NoteView from './note/NoteView';
import WaitsView from './parts/WaitsView';
import { KINDS } from './registry';
import { WAITING_TYPES, waitOf } from './waits/words';

afterEach(cleanup);

const context: WidgetContext = {
  range: { from: 0, to: 3_600_000 },
  live: false,
  variables: { declared: [{ name: 'env', prefix: 'env', default: 'prod' }], values: {} },
  isActive: true,
};

function draw(View: (props: { definition: WidgetDefinition }) => React.ReactNode, definition: WidgetDefinition, isActive = true) {
  return render(
    <WidgetContextOf value={{ ...context, isActive }}>
      <View definition={definition} />
    </WidgetContextOf>,
  ).container;
}

describe('notes', () => {
  it('fill in variables', () => {
    draw(NoteView, { type: 'note', content: 'In **$env.value**: {$env}' });
    expect(screen.getByText('prod').tagName).toBe('STRONG');
    expect(screen.getByText(/env:prod/)).toBeTruthy();
  });

  it('leave code as it is written', () => {
    draw(NoteView, { type: 'note', content: 'Choose `$env`: $env.value' });
    expect(screen.getByText('$env').tagName).toBe('CODE');
    expect(screen.getByText(/: prod/)).toBeTruthy();
  });

  it('keep HTML as text', () => {
    const box = draw(NoteView, { type: 'note', content: '<script>x</script> <img src=x onerror=y> [a](javascript:b) <iframe srcdoc="z">' });
    expect(box.querySelector('script, img, a, iframe')).toBeNull();
    expect(box.textContent).toContain('<script>x</script>');
  });

  it.each([{}, { content: null }, { content: 3, font_size: [], background_color: {}, tick_edge: 'x', show_tick: true, tick_pos: 'x' }])('bear %j', (odd) => {
    expect(draw(NoteView, { type: 'note', ...odd } as never)).toBeTruthy();
    expect(draw(FreeTextView, { type: 'free_text', ...odd } as never)).toBeTruthy();
  });
});

describe('frames', () => {
  const url = 'https://status.example/';

  it('are sandboxed, and cannot lead the page elsewhere', () => {
    const frame = draw(IframeView, { type: 'iframe', url }).querySelector('iframe');
    expect(frame?.getAttribute('src')).toBe(url);
    const allowed = (frame?.getAttribute('sandbox') ?? '').split(' ');
    expect(allowed.filter((word) => word.startsWith('allow-top-navigation') || word === 'allow-modals' || word === 'allow-downloads')).toEqual([]);
    expect(frame?.getAttribute('referrerpolicy')).toBe('no-referrer');
  });

  it('load nothing off the screen', () => {
    expect(draw(IframeView, { type: 'iframe', url }, false).querySelector('iframe')).toBeNull();
  });

  it.each([window.location.origin, 'javascript:alert(1)', ''])('refuse %j', (refused) => {
    expect(draw(IframeView, { type: 'iframe', url: refused }).querySelector('iframe')).toBeNull();
  });
});

it.each([
  ['https://a.example/x.png', true],
  ['http://a.example/x.png', false],
  ['javascript:alert(1)', false],
  ['data:text/html,x', false],
])('pictures of %s', (url, isShown) => {
  expect(draw(ImageView, { type: 'image', url }).querySelector('img') !== null).toBe(isShown);
});

describe('what waits', () => {
  it.each(WAITING_TYPES)('%s says for what', (type) => {
    draw(WaitsView, { type });
    expect(screen.getByText(/^Waits for /)).toBeTruthy();
  });

  it('is a kind of the registry', () => {
    const known = KINDS.map(({ type }) => type);
    expect(WAITING_TYPES.filter((type) => !known.includes(type))).toEqual([]);
  });

  it.each(['strange', 'toString', '__proto__'])('%s is kept', (type) => {
    draw(WaitsView, { type });
    expect(screen.getByText(/The definition is kept/)).toBeTruthy();
  });
});

const asking = (type: string, query: unknown, more: Record<string, unknown> = {}) => ({ type, requests: [{ ...more, query }] });

it.each([
  [asking('funnel', { steps: [{ facet: '@view.name', value: '/cart' }, { facet: '@view.name', value: '/pay' }] }), '/cart → /pay', /RUM/],
  [asking('funnel', { steps: 7 }), 'Funnel without steps', /named in the editor/],
  [asking('sankey', { mode: 'target', target: '/pay' }), 'Ways to /pay', /sessions/],
  [asking('sankey', { mode: 'source' }), 'Ways of people', /sessions/],
  [asking('sankey', { group_by: ['client', 'server'] }, { request_type: 'netflow_sankey' }), 'client → server', /network flows/],
  [asking('topology_map', { data_source: 'service_map', service: 'web' }), 'Map around web', /traces/],
  [asking('topology_map', { data_source: 'data_streams', service: '' }), 'Data streams', /data streams/],
  [asking('cohort', { search: { cohort_criteria: { time_interval: { value: { type: 'month' } } } } }), 'Monthly cohorts', /sessions/],
  [asking('retention_curve', null), 'Who stays, by week', /sessions/],
  [asking('point_plot', { data_source: 'spans' }, { projection: { dimensions: [{ column: '@duration', dimension: 'y' }] } }), '@duration of single traces', /traces/],
])('%j waits', (definition, title, says) => {
  const wait = waitOf(definition);
  expect(wait.title).toBe(title);
  expect(wait.text).toMatch(says);
});
