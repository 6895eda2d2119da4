import { describe, expect, it } from 'vitest';

import type { Action } from './action';
import { matcher, pressOf } from './keys';

const action = (shortcut: string, can = true): Action => ({
  id: shortcut, label: shortcut, group: 'g', shortcut, when: () => can, run: () => {},
});
const ACTIONS = [action('g m'), action('g d'), action('?'), action('m'), action('Ctrl+K'), action('x', false)];

describe('presses', () => {
  it.each([
    [{ key: 'k', ctrlKey: true }, 'Ctrl+K'],
    [{ key: 'k', metaKey: true }, 'Ctrl+K'],
    [{ key: '?', shiftKey: true }, '?'],
    [{ key: 'Enter', shiftKey: true }, 'Shift+Enter'],
    [{ key: '[' }, '['],
  ])('%o is %s', (init, name) => {
    expect(pressOf(new KeyboardEvent('keydown', init))).toBe(name);
  });

  const table: [string, [string, number][], string | undefined][] = [
    ['one key', [['?', 0]], '?'],
    ['a chord', [['Ctrl+K', 0]], 'Ctrl+K'],
    ['a sequence', [['g', 0], ['m', 900]], 'g m'],
    ['a sequence too slow', [['g', 0], ['m', 1100]], 'm'],
    ['a sequence to nowhere', [['g', 0], ['?', 10]], '?'],
    ['nothing', [['z', 0]], undefined],
    ['what cannot run', [['x', 0]], undefined],
    ['a sequence begun anew', [['g', 0], ['g', 10], ['d', 20]], 'g d'],
  ];
  it.each(table)('%s', (_name, presses, expected) => {
    const keys = matcher();
    let found: Action | undefined;
    for (const [press, at] of presses) found = keys.press(press, at, ACTIONS);
    expect(found?.id).toBe(expected);
  });
});
