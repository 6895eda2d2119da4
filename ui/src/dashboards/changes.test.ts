import { describe, expect, it } from 'vitest';

import { apply, labelOf, type Change } from './changes';
import { layoutOf, overlaps } from './grid/layout';
import { childrenOf, sizeOf } from './grid/pixels';
import { allWidgets, findWidget, renumbered, withIds } from './ids';
import type { Dashboard, Widget } from './model';

const widget = (id: number, layout?: [number, number, number, number], definition: Record<string, unknown> = {}): Widget => ({
  id,
  definition: { type: 'timeseries', title: `w${id}`, ...definition },
  ...(layout ? { layout: { x: layout[0], y: layout[1], width: layout[2], height: layout[3] } } : {}),
});

const group = widget(10, [0, 2, 12, 3], { type: 'group', layout_type: 'ordered', widgets: [widget(11, [0, 0, 4, 2]), widget(12, [4, 0, 4, 2])] });

const board = (widgets: Widget[], more: Partial<Dashboard> = {}): Dashboard => ({ id: 'abc-def-ghi', title: 'Board', layout_type: 'ordered', odd_key: { kept: true }, ...more, widgets });

const BOARD = board([widget(1, [0, 0, 4, 2]), widget(2, [4, 0, 4, 2]), group]);

const layouts = (dashboard: Dashboard) =>
  Object.fromEntries(allWidgets(dashboard).map(({ widget: { id, layout }, group: of }) => [id, [...(layout ? [layout.x, layout.y, layout.width, layout.height] : []), ...(of ? [`in ${of}`] : [])]]));

describe('changes of a dashboard', () => {
  const table: [string, Dashboard, Change, Record<number, (number | string)[]>][] = [
    ['add one', BOARD, { type: 'add', widgets: [widget(3)] }, { 1: [0, 0, 4, 2], 2: [4, 0, 4, 2], 3: [0, 5, 4, 2] }],
    ['add to a place', BOARD, { type: 'add', widgets: [widget(3)], target: { place: { x: 8, y: 0, width: 4, height: 2 } } }, { 3: [8, 0, 4, 2], 10: [0, 2, 12, 3] }],
    ['add to a group', BOARD, { type: 'add', widgets: [widget(3)], group: 10 }, { 3: [8, 0, 4, 2, 'in 10'], 10: [0, 2, 12, 3] }],
    ['a block stays together', BOARD, { type: 'add', widgets: [widget(3, [6, 4, 3, 1]), widget(4, [3, 5, 3, 1])] }, { 3: [6, 5, 3, 1], 4: [3, 5, 3, 1] }],
    ['move within', BOARD, { type: 'move', id: 2, target: { place: { x: 0, y: 0, width: 4, height: 2 } } }, { 1: [0, 2, 4, 2], 2: [0, 0, 4, 2], 10: [0, 4, 12, 3] }],
    ['move into a group', BOARD, { type: 'move', id: 1, target: { group: 10, place: { x: 0, y: 2, width: 4, height: 2 } } }, { 1: [0, 2, 4, 2, 'in 10'], 10: [0, 2, 12, 5] }],
    ['move out of a group', BOARD, { type: 'move', id: 11, target: { place: { x: 8, y: 0, width: 4, height: 2 } } }, { 11: [8, 0, 4, 2], 12: [4, 0, 4, 2, 'in 10'] }],
    ['no group into a group', BOARD, { type: 'move', id: 10, target: { group: 10, place: { x: 0, y: 0, width: 12, height: 2 } } }, { 10: [0, 2, 12, 3] }],
    ['move two, which stay together', BOARD, { type: 'move', id: 1, along: [1, 2], target: { place: { x: 0, y: 5, width: 4, height: 2 } } }, { 10: [0, 0, 12, 3], 1: [0, 3, 4, 2], 2: [4, 3, 4, 2] }],
    ['move two by the right one, to the edge', BOARD, { type: 'move', id: 2, along: [1, 2], target: { place: { x: 11, y: 0, width: 4, height: 2 } } }, { 1: [4, 0, 4, 2], 2: [8, 0, 4, 2] }],
    ['move two by the right one, to the left', BOARD, { type: 'move', id: 2, along: [1, 2], target: { place: { x: 0, y: 0, width: 4, height: 2 } } }, { 1: [0, 0, 4, 2], 2: [4, 0, 4, 2] }],
    ['move two into a group', BOARD, { type: 'move', id: 1, along: [2, 1], target: { group: 10, place: { x: 0, y: 2, width: 4, height: 2 } } }, { 1: [0, 2, 4, 2, 'in 10'], 2: [4, 2, 4, 2, 'in 10'], 10: [0, 0, 12, 5] }],
    ['move one of the dashboard and one of a group', BOARD, { type: 'move', id: 1, along: [1, 12], target: { place: { x: 0, y: 0, width: 4, height: 2 } } }, { 1: [0, 0, 4, 2], 12: [0, 2, 4, 2], 11: [0, 0, 4, 2, 'in 10'] }],
    ['move a group and what is in it', BOARD, { type: 'move', id: 10, along: [10, 11, 1], target: { place: { x: 0, y: 0, width: 12, height: 3 } } }, { 11: [0, 0, 4, 2, 'in 10'] }],
    ['a group does not go along into a group', BOARD, { type: 'move', id: 1, along: [1, 10], target: { group: 10, place: { x: 0, y: 2, width: 4, height: 2 } } }, { 1: [0, 2, 4, 2, 'in 10'], 10: [0, 2, 12, 5] }],
    ['free: move two', board([widget(1, [0, 0, 47, 15]), widget(2, [50, 5, 47, 15])], { layout_type: 'free' }), { type: 'move', id: 2, along: [1, 2], target: { place: { x: 10, y: 9, width: 47, height: 15 } } }, { 1: [0, 4, 47, 15], 2: [50, 9, 47, 15] }],
    ['duplicate two, which stay together', BOARD, { type: 'duplicate', ids: [1, 2] }, { 1: [0, 0, 4, 2], 2: [4, 0, 4, 2], 10: [0, 2, 12, 3] }],
    ['resize makes room', BOARD, { type: 'resize', id: 1, size: { width: 8, height: 2 } }, { 1: [0, 0, 8, 2], 2: [4, 2, 4, 2], 10: [0, 4, 12, 3] }],
    ['resize within a group makes it higher', BOARD, { type: 'resize', id: 11, size: { width: 4, height: 4 } }, { 11: [0, 0, 4, 4, 'in 10'], 10: [0, 2, 12, 5] }],
    ['resize ends at the edge', BOARD, { type: 'resize', id: 2, size: { width: 40, height: 0 } }, { 2: [4, 0, 8, 1] }],
    ['a narrower group', BOARD, { type: 'resize', id: 10, size: { width: 6, height: 3 } }, { 10: [0, 2, 6, 5], 11: [0, 0, 4, 2, 'in 10'], 12: [2, 2, 4, 2, 'in 10'] }],
    ['remove closes up', BOARD, { type: 'remove', ids: [1, 2] }, { 10: [0, 0, 12, 3] }],
    ['remove from a group', BOARD, { type: 'remove', ids: [11] }, { 12: [4, 0, 4, 2, 'in 10'] }],
    ['group', BOARD, { type: 'group', ids: [1, 2], title: 'New' }, { 1: [0, 0, 4, 2], 2: [4, 0, 4, 2] }],
    ['ungroup', BOARD, { type: 'ungroup', id: 10 }, { 11: [0, 2, 4, 2], 12: [4, 2, 4, 2] }],
    ['add where all flows', board([widget(1)], { reflow_type: 'auto' }), { type: 'add', widgets: [widget(3, [0, 0, 4, 2])] }, { 1: [], 3: [] }],
    ['move where all flows', board([widget(1), widget(2)], { reflow_type: 'auto' }), { type: 'move', id: 2, target: { place: { x: 0, y: 0, width: 4, height: 2 } } }, { 1: [0, 2, 4, 2], 2: [0, 0, 4, 2] }],
    ['free: move as it is', board([widget(1, [0, 0, 47, 15]), widget(2, [20, 5, 47, 15])], { layout_type: 'free' }), { type: 'move', id: 2, target: { place: { x: 1, y: 1, width: 47, height: 15 } } }, { 1: [0, 0, 47, 15], 2: [1, 1, 47, 15] }],
    ['what is not there', BOARD, { type: 'remove', ids: [99] }, { 1: [0, 0, 4, 2], 2: [4, 0, 4, 2] }],
  ];
  it.each(table)('%s', (name, before, change, expected) => {
    const copy = structuredClone(before);
    const after = apply(before, change);
    const found = layouts(after);
    for (const [id, layout] of Object.entries(expected)) {
      const shown = name === 'group' ? found[id]?.slice(0, 4) : found[id];
      expect(shown, `widget ${id}`).toEqual(layout);
    }
    // The one before is untouched, and unknown keys are kept.
    expect(before).toEqual(copy);
    expect(after['odd_key']).toEqual({ kept: true });
    if (after.layout_type === 'free') return;
    for (const list of [after.widgets, ...after.widgets.map(childrenOf)]) {
      const places = layoutOf(list, 12, sizeOf);
      for (const a of places) for (const b of places) expect(a.id !== b.id && overlaps(a, b)).toBe(false);
    }
  });

  it('leaves every other widget the same object', () => {
    const after = apply(BOARD, { type: 'change', id: 11, definition: { type: 'note', content: 'x' } });
    expect(after.widgets[0]).toBe(BOARD.widgets[0]);
    expect(findWidget(after, 12)?.widget).toBe(findWidget(BOARD, 12)?.widget);
    expect(findWidget(after, 11)?.widget.definition).toEqual({ type: 'note', content: 'x' });
  });

  it('duplicates with new numbers, also within a group', () => {
    const after = apply(BOARD, { type: 'duplicate', ids: [10, 11] });
    const ids = allWidgets(after).map(({ widget: { id } }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(9);
    expect(childrenOf(findWidget(after, 10)?.widget ?? widget(0))).toHaveLength(3);
  });

  it('changes and takes away settings', () => {
    const after = apply(BOARD, { type: 'settings', patch: { title: 'New', odd_key: undefined }, label: 'rename' });
    expect(after.title).toBe('New');
    expect('odd_key' in after).toBe(false);
  });

  it.each([
    [{ type: 'move', id: 1, target: { place: { x: 0, y: 0, width: 1, height: 1 } } }, 'move “w1”'],
    [{ type: 'move', id: 1, along: [1, 2], target: { place: { x: 0, y: 0, width: 1, height: 1 } } }, 'move 2 widgets'],
    [{ type: 'move', id: 1, along: [2], target: { place: { x: 0, y: 0, width: 1, height: 1 } } }, 'move “w1”'],
    [{ type: 'remove', ids: [1, 2] }, 'remove 2 widgets'],
    [{ type: 'settings', patch: {}, label: 'rename' }, 'rename'],
  ] as [Change, string][])('%j is called %s', (change, label) => {
    expect(labelOf(change, BOARD)).toBe(label);
  });
});

describe('numbers of widgets', () => {
  it('are given where there are none, or twice the same', () => {
    let last = 100;
    const odd = { ...BOARD, widgets: [widget(1), widget(1), { definition: { type: 'group', widgets: [{ definition: { type: 'note' } }, null] } }, null, { definition: null }] } as unknown as Dashboard;
    const fixed = withIds(odd, () => (last += 1));
    expect(allWidgets(fixed).map(({ widget: { id } }) => id)).toEqual([1, 101, 102, 103]);
    expect(withIds({ ...BOARD, widgets: null } as unknown as Dashboard).widgets).toEqual([]);
  });

  it('are new in a copy', () => {
    let last = 100;
    const copy = renumbered(group, () => (last += 1));
    expect([copy.id, ...childrenOf(copy).map(({ id }) => id)]).toEqual([101, 102, 103]);
    expect(group.id).toBe(10);
  });
});
