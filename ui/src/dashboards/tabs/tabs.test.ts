import { describe, expect, it } from 'vitest';

import { apply, labelOf, type Change } from '../changes';
import { clampLayout } from '../grid/layout';
import { childrenOf } from '../grid/pixels';
import type { Dashboard, Widget } from '../model';
import { ofTab } from '../shown';
import { freshName, newTabId } from './tabs';

const widget = (id: number, layout?: [number, number, number, number], definition: Record<string, unknown> = {}): Widget => ({
  id,
  definition: { type: 'note', content: `n${id}`, ...definition },
  ...(layout ? { layout: { x: layout[0], y: layout[1], width: layout[2], height: layout[3] } } : {}),
});

const board = (widgets: Widget[], more: Partial<Dashboard> = {}): Dashboard => ({ id: 'abc-def-ghi', title: 'Board', layout_type: 'ordered', reflow_type: 'fixed', odd_key: 1, ...more, widgets });
const group = widget(10, [0, 2, 12, 3], { type: 'group', layout_type: 'ordered', widgets: [widget(11, [0, 0, 4, 2]), widget(12, [4, 0, 4, 2])] });
const tab = (id: string, widget_ids: number[]) => ({ id, name: id.toUpperCase(), widget_ids });

/** 9 is in no tab: the first shows it. Both tabs begin at the top. */
const BOARD = board([widget(1, [0, 0, 4, 2]), widget(2, [4, 0, 4, 2]), group, widget(5, [0, 0, 6, 2]), widget(6, [6, 0, 6, 2]), widget(9, [8, 0, 4, 2])], { tabs: [tab('a', [1, 2, 10]), tab('b', [5, 6])] });
const PLAIN = board([widget(1, [0, 0, 4, 2]), widget(2, [4, 0, 4, 2])]);

const shownIn = (dashboard: Dashboard) => (dashboard.tabs ?? []).map(({ id, name }) => [name, ofTab(dashboard, id).widgets.map((one) => one.id)]);
const placeOf = (dashboard: Dashboard, id: number) => {
  const { layout } = dashboard.widgets.flatMap((one) => [one, ...childrenOf(one)]).find((one) => one.id === id) ?? {};
  return layout && [layout.x, layout.y, layout.width, layout.height];
};
const at = (x: number, y: number, width = 4, height = 2) => ({ place: { x, y, width, height } });

describe('a change of a dashboard with tabs', () => {
  it.each([
    ['add to a tab', { type: 'add', widgets: [widget(20)], tab: 'b' }, [['A', [1, 2, 10, 9]], ['B', [5, 6, 20]]]],
    ['add to none', { type: 'add', widgets: [widget(20)] }, [['A', [1, 2, 10, 9, 20]], ['B', [5, 6]]]],
    ['add to a group of it', { type: 'add', widgets: [widget(20)], group: 10, tab: 'b' }, [['A', [1, 2, 10, 9]], ['B', [5, 6]]]],
    ['remove', { type: 'remove', ids: [5, 6] }, [['A', [1, 2, 10, 9]], ['B', []]]],
    ['remove what is in none', { type: 'remove', ids: [9] }, [['A', [1, 2, 10]], ['B', [5, 6]]]],
    ['out of a group', { type: 'move', id: 11, target: at(0, 0) }, [['A', [1, 2, 10, 9, 11]], ['B', [5, 6]]]],
    ['into a group', { type: 'move', id: 1, target: { group: 10, ...at(0, 2) } }, [['A', [2, 10, 9]], ['B', [5, 6]]]],
    ['ungroup', { type: 'ungroup', id: 10 }, [['A', [1, 2, 9, 11, 12]], ['B', [5, 6]]]],
    ['to another tab', { type: 'to-tab', ids: [1, 11], tab: 'b' }, [['A', [2, 10, 9]], ['B', [5, 6, 1, 11]]]],
    ['a group to another tab', { type: 'to-tab', ids: [10, 11], tab: 'b' }, [['A', [1, 2, 9]], ['B', [5, 6, 10]]]],
    ['to the tab where it is', { type: 'to-tab', ids: [5], tab: 'b' }, [['A', [1, 2, 10, 9]], ['B', [5, 6]]]],
    ['to a tab that is not there', { type: 'to-tab', ids: [5], tab: 'c' }, [['A', [1, 2, 10, 9]], ['B', [5, 6]]]],
    ['add a tab', { type: 'add-tab', tab: { id: 'c', name: 'C' } }, [['A', [1, 2, 10, 9]], ['B', [5, 6]], ['C', []]]],
    ['rename', { type: 'rename-tab', id: 'b', name: ' Database ' }, [['A', [1, 2, 10, 9]], ['Database', [5, 6]]]],
    ['rename to nothing', { type: 'rename-tab', id: 'b', name: ' ' }, [['A', [1, 2, 10, 9]], ['B', [5, 6]]]],
    ['move', { type: 'move-tab', id: 'b', to: 0 }, [['B', [5, 6]], ['A', [1, 2, 10, 9]]]],
    ['move beyond the end', { type: 'move-tab', id: 'a', to: 7 }, [['B', [5, 6]], ['A', [1, 2, 10, 9]]]],
    ['delete with its widgets', { type: 'remove-tab', id: 'b', into: undefined }, [['A', [1, 2, 10, 9]]]],
    ['delete the first with its widgets', { type: 'remove-tab', id: 'a', into: undefined }, [['B', [5, 6]]]],
    ['delete, its widgets elsewhere', { type: 'remove-tab', id: 'b', into: 'a' }, [['A', [1, 2, 10, 9, 5, 6]]]],
  ] as [string, Change, unknown][])('%s', (_name, change, expected) => {
    const copy = structuredClone(BOARD);
    const after = apply(BOARD, change);
    expect(shownIn(after)).toEqual(expected);
    expect(BOARD).toEqual(copy);
    expect(after['odd_key']).toBe(1);
    // The server refuses tabs that name what is not there.
    const there = new Set(after.widgets.map(({ id }) => id));
    for (const one of after.tabs ?? []) for (const id of one.widget_ids ?? []) expect(there.has(id), `${one.name} names ${id}`).toBe(true);
    expect(labelOf(change, BOARD)).not.toBe('');
  });

  it('moves within its tab only', () => {
    const after = apply(BOARD, { type: 'move', id: 6, target: at(0, 0, 6) });
    expect([5, 6].map((id) => placeOf(after, id))).toEqual([[0, 2, 6, 2], [0, 0, 6, 2]]);
    for (const id of [1, 2, 10, 9]) expect(placeOf(after, id)).toEqual(placeOf(BOARD, id));
  });

  it('puts what comes from another tab below, as it stood', () => {
    const after = apply(BOARD, { type: 'to-tab', ids: [1, 2], tab: 'b' });
    expect([5, 6, 1, 2].map((id) => placeOf(after, id))).toEqual([[0, 0, 6, 2], [6, 0, 6, 2], [0, 2, 4, 2], [4, 2, 4, 2]]);
    // The tab that it left closes up under what stays: 9 at the right.
    expect([10, 9].map((id) => placeOf(after, id))).toEqual([[0, 2, 12, 3], [8, 0, 4, 2]]);
    const back = apply(BOARD, { type: 'remove-tab', id: 'b', into: 'a' });
    expect([5, 6].map((id) => placeOf(back, id))).toEqual([[0, 5, 6, 2], [6, 5, 6, 2]]);
  });
});

describe('tabs', () => {
  it('begin with what is there, and end with it', () => {
    const one = apply(PLAIN, { type: 'add-tab', tab: { id: 'b', name: 'B' } });
    expect(shownIn(one)).toEqual([['Tab 1', [1, 2]], ['B', []]]);
    const first = one.tabs?.[0]?.id ?? '';
    const last = apply(apply(one, { type: 'remove-tab', id: 'b', into: undefined }), { type: 'remove-tab', id: first, into: undefined });
    expect([last.tabs, last.widgets]).toEqual([[], PLAIN.widgets]);
  });

  it('keep widgets without places without places, until somebody places one', () => {
    const flowing = board([widget(1), widget(2), widget(3)], { reflow_type: 'auto', tabs: [tab('a', [1, 2]), tab('b', [3])] });
    const added = apply(flowing, { type: 'add', widgets: [widget(4, [0, 0, 4, 2])], tab: 'b' });
    expect(added.widgets.map(({ layout }) => layout)).toEqual([undefined, undefined, undefined, undefined]);
    const placed = apply(added, { type: 'move', id: 2, target: at(0, 0) });
    expect(placed.reflow_type).toBe('fixed');
    expect(placed.widgets.every(({ layout }) => clampLayout(layout, 12))).toBe(true);
  });

  it('have names and ids of their own', () => {
    expect(freshName(BOARD)).toBe('Tab 3');
    expect(freshName({ tabs: [{ id: 'x', name: 'Tab 3', widget_ids: [] }, { id: 'y', name: 'Tab 2', widget_ids: [] }] })).toBe('Tab 4');
    expect(newTabId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(ofTab({ ...BOARD, tabs: [null, { id: 'a' }] } as unknown as Dashboard, 'a').widgets).toHaveLength(6);
  });
});
