import { describe, expect, it } from 'vitest';

import { copyText, readPasted } from './clipboard';
import type { Widget } from './model';

const NOTE = { type: 'note', content: 'x' };
const WIDGET = { id: 5, definition: NOTE, layout: { x: 1, y: 2, width: 3, height: 4 } };
const GROUP: Widget = { id: 6, definition: { type: 'group', layout_type: 'ordered', widgets: [WIDGET] } };

describe('the clipboard', () => {
  const table: [string, string, number | 'import' | undefined][] = [
    ['a widget', JSON.stringify(WIDGET), 1],
    ['a definition', JSON.stringify(NOTE), 1],
    ['a list', JSON.stringify([WIDGET, NOTE]), 2],
    ['a dashboard', JSON.stringify({ title: 'x', layout_type: 'ordered', widgets: [WIDGET, WIDGET] }), 2],
    ['old graph JSON', '{"viz": "timeseries", "requests": [{"q": "avg:a{*}"}]}', 'import'],
    ['an old timeboard', '{"graphs": [{"definition": {"viz": "timeseries"}}]}', 'import'],
    ['an old screenboard', '{"board_title": "x", "widgets": [{"type": "timeseries", "tile_def": {"viz": "timeseries"}}]}', 'import'],
    ['a torn piece', '"widgets":[ {"definition": {"type": "note"', 'import'],
    ['an empty dashboard', '{"widgets": []}', 'import'],
    ['prose', 'hello', undefined],
    ['other JSON', '{"a": 1}', undefined],
    ['a number', '5', undefined],
    ['nothing', '', undefined],
    ['broken JSON of something else', '{"a": ', undefined],
    ['a list with something else', JSON.stringify([WIDGET, 5]), undefined],
  ];
  it.each(table)('reads %s', (_name, text, expected) => {
    const pasted = readPasted(text);
    if (expected === undefined) return expect(pasted).toBeUndefined();
    if (expected === 'import') return expect(pasted?.kind).toBe('import');
    expect(pasted?.kind === 'widgets' && pasted.widgets.length).toBe(expected);
  });

  it('goes round without numbers, also within groups', () => {
    const text = copyText([GROUP]);
    expect(text).not.toContain('"id"');
    const pasted = readPasted(text);
    const [widget] = pasted?.kind === 'widgets' ? pasted.widgets : [];
    expect(widget?.definition).toMatchObject({ type: 'group', widgets: [{ definition: NOTE, layout: WIDGET.layout }] });
    expect(widget?.id).not.toBe(6);
    expect(readPasted(copyText([WIDGET, GROUP]))).toMatchObject({ kind: 'widgets', widgets: { length: 2 } });
  });
});
