import { describe, expect, it } from 'vitest';

import type { Dashboard, Widget } from './model';
import { ofTab, tileSizeOf } from './shown';

const widget = (id: number, y?: number): Widget => ({ id, definition: { type: 'note' }, ...(y === undefined ? {} : { layout: { x: 0, y, width: 4, height: 2 } }) });
const board = (widgets: Widget[], more: Partial<Dashboard> = {}): Dashboard => ({ id: 'x', title: 'x', layout_type: 'ordered', widgets, ...more });

describe('tabs', () => {
  const tabbed = board([widget(1, 0), widget(2, 2), widget(3, 4)], { tabs: [{ id: 'a', name: 'A', widget_ids: [1] }, { id: 'b', name: 'B', widget_ids: [3] }] });
  it.each([
    ['a', [1, 2]],
    ['b', [3]],
    [undefined, [1, 2]],
    ['gone', [1, 2]],
  ])('%s shows %j', (tab, ids) => {
    expect(ofTab(tabbed, tab).widgets.map(({ id }) => id)).toEqual(ids);
  });

  it('moves up what is shown', () => {
    expect(ofTab(tabbed, 'b').widgets[0]?.layout?.y).toBe(0);
    expect(ofTab(board([widget(1)]), 'b')).toEqual(board([widget(1)]));
  });
});

it.each([
  [board([widget(1)]), 'l', 'l'],
  [board([widget(1)]), 'huge', 'm'],
  [board([widget(1, 0)]), 'l', undefined],
  [board([]), 'l', undefined],
  [board([widget(1)], { layout_type: 'free' }), 'l', undefined],
] as [Dashboard, string, string | undefined][])('sizes of tiles: %#', (dashboard, wanted, expected) => {
  expect(tileSizeOf(dashboard, wanted)).toBe(expected);
});
