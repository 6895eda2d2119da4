import { describe, expect, it } from 'vitest';

import { UNITS } from '../../charts';
import { conditionsOf, lookOf, matching, readableOn } from './conditions';
import { addressOf, filledIn } from './links';
import { numberFormatOf, valueParts, valueText } from './numbers';
import { densityColors, rampColors, semanticColor } from './palettes';
import { gridOf, ordered, orderOf } from './rows';
import { treeOf, percent } from './tree';
import type { FormulaLine } from './request';

describe('conditions', () => {
  const conditions = conditionsOf([
    { comparator: '>=', value: 90, palette: 'white_on_red' },
    { comparator: '>', value: 50, palette: 'white_on_yellow' },
    { comparator: '=', value: 7, palette: 'custom_bg', custom_bg_color: '#632ca6' },
    { comparator: '<=', value: '0', palette: 'green_on_white', hide_value: true },
    { comparator: '~', value: 1, palette: 'red' },
    { comparator: '>', palette: 'red' },
    null,
  ]);

  it.each([
    [95, 'var(--solid-red)'],
    [90, 'var(--solid-red)'],
    [51, 'var(--solid-yellow)'],
    [7, '#632ca6'],
    [8, undefined],
    [-1, undefined],
    [null, undefined],
  ])('%s', (value, background) => {
    expect(matching(conditions, value)?.look.background).toBe(background);
  });

  it('may hide the value', () => expect(matching(conditions, -1)?.hidesValue).toBe(true));

  it.each([
    [{ palette: 'custom_bg', custom_bg_color: 'url(https://x)' }, {}],
    [{ palette: 'custom_text', custom_fg_color: '#fff' }, { color: '#fff' }],
    [{ palette: 'custom_image', image_url: 'javascript:alert(1)' }, {}],
    [{ palette: 'custom_image', image_url: 'https://example.com/a.png' }, { image: 'https://example.com/a.png' }],
    [{ palette: 'nothing_known' }, {}],
    [{}, {}],
  ])('the look of %j', (raw, look) => expect(lookOf(raw)).toEqual(look));

  it.each([
    ['#000', 'var(--on-solid)'],
    ['#fff', 'var(--on-light)'],
    ['#632ca6', 'var(--on-solid)'],
    ['#ffe08a', 'var(--on-light)'],
  ])('text on %s is readable', (color, text) => expect(readableOn(color)).toBe(text));
});

describe('numbers', () => {
  const plain = { format: {}, own: null, autoscale: true, precision: 2 };
  it.each([
    [1234567, plain, '1.23M'],
    [1234567, { ...plain, autoscale: false, precision: 0 }, '1,234,567'],
    [0.5, { ...plain, customUnit: '%', autoscale: false }, '0.5%'],
    [12, { ...plain, customUnit: 'orders' }, '12 orders'],
    [1536, { ...plain, own: UNITS.byte }, '1.5 KiB'],
    [1536, { ...plain, own: UNITS.byte, format: numberFormatOf({ unit_scale: { type: 'canonical_unit', unit_name: 'byte' } }) }, '1,536 B'],
    [3, { ...plain, format: numberFormatOf({ unit: { type: 'canonical_unit', unit_name: 'second' } }) }, '3 s'],
    [-2.345, plain, '−2.35'],
  ])('%s', (value, look, text) => {
    const { number, suffix } = valueParts(value, look);
    expect(number + suffix).toBe(text);
  });

  it.each([
    [null, {}, '–'],
    [0.05, { unit: { type: 'canonical_unit', unit_name: 'fraction' } }, '5%'],
    [9, { unit: { type: 'custom_unit_label', label: 'carts' } }, '9 carts'],
    [20, { unit: { type: 'canonical_unit', unit_name: 'request', per_unit_name: 'second' } }, '20/s'],
  ])('%s as %j', (value, format, text) => {
    expect(valueText(value, numberFormatOf(format), null)).toBe(text);
  });
});

describe('palettes', () => {
  it('makes ramps of as many steps as there are lines', () => {
    expect(new Set(rampColors('cool', 6, 'dark')).size).toBe(6);
    expect(rampColors('dog_classic', 6, 'dark')).toBeUndefined();
    expect(rampColors(undefined, 6, 'dark')).toBeUndefined();
    expect(rampColors('warm', 30, 'light')).toHaveLength(30);
    expect(rampColors('purple', 1, 'light')?.[0]).toMatch(/^#[0-9a-f]{6}$/);
  });

  it('differs by theme', () => expect(rampColors('blue', 3, 'dark')).not.toEqual(rampColors('blue', 3, 'light')));
  it('goes from little to much', () => expect(new Set(densityColors('warm', 10, 'dark')).size).toBe(10));

  it.each([
    ['status:error', 'status_code:503'],
    ['status:warn', 'status_code:404'],
    ['status:ok', 'status_code:200'],
  ])('%s and %s mean the same', (a, b) => {
    expect(semanticColor(a, 'dark')).toBeDefined();
    expect(semanticColor(a, 'dark')).toBe(semanticColor(b, 'dark'));
  });
  it('leaves other words alone', () => expect(semanticColor('service:checkout', 'dark')).toBeUndefined());
});

const line = (formula: string): FormulaLine => ({ formula, label: formula, format: {}, conditions: [] });

describe('rows', () => {
  const asked = [
    { queries: [], formulas: [line('a')], waits: [] },
    { queries: [], formulas: [line('b'), line('c')], waits: [] },
  ];
  const parts = [
    { error: null, data: { units: [null], rows: [{ tags: ['host:b'], values: [1] }, { tags: ['host:a'], values: [5] }, { tags: ['host:n'], values: [null] }] } },
    { error: null, data: { units: [null, null], rows: [{ tags: ['host:a'], values: [7, null] }, { tags: ['host:c'], values: [null, 3] }] } },
  ];
  const grid = gridOf(asked, parts);

  it('joins requests by their groups', () => {
    expect(Object.fromEntries(grid.rows.map(({ id, values }) => [id, values]))).toEqual({ 'host:b': [1, null, null], 'host:a': [5, 7, null], 'host:c': [null, null, 3] });
    expect(grid.keys).toEqual(['host']);
  });

  it.each([
    [{}, ['host:a', 'host:b', 'host:c']],
    [{ sort: { count: 2, order_by: [{ type: 'formula', index: 0, order: 'asc' }] } }, ['host:b', 'host:a']],
    [{ sort: { order_by: [{ type: 'group', name: 'host', order: 'desc' }] } }, ['host:c', 'host:b', 'host:a']],
    [{ sort: { order_by: [{ type: 'formula', index: 2, order: 'desc' }] } }, ['host:c', 'host:a', 'host:b']],
    [{ sort: null, order: 'asc' }, ['host:b', 'host:a', 'host:c']],
  ])('go by %j', (request, ids) => {
    expect(ordered(grid.rows, orderOf(request)).map(({ id }) => id)).toEqual(ids);
  });
});

it('makes trees of groups', () => {
  const asked = [{ queries: [], formulas: [line('a')], waits: [] }];
  const rows = [['env:prod', 'host:a', 3], ['env:prod', 'host:b', 5], ['env:dev', 'host:c', 2], ['env:dev', 'host:d', -4]] as const;
  const tree = treeOf(gridOf(asked, [{ error: null, data: { units: [null], rows: rows.map(([env, host, value]) => ({ tags: [env, host], values: [value] })) } }]));
  expect(tree.value).toBe(10);
  expect(tree.children.map(({ name, value, children }) => [name, value, children.map((child) => child.name)])).toEqual([['prod', 8, ['b', 'a']], ['dev', 2, ['c']]]);
  expect(tree.children[0]?.children[0]?.tags).toEqual(['env:prod', 'host:b']);
  expect(percent(2, 10)).toBe('20%');
  expect(percent(0, 0)).toBe('–');
});

describe('links', () => {
  const scope = { tags: ['host:web 1', 'env:prod'], range: { from: 10, to: 20 }, variables: { declared: [{ name: 'env', prefix: 'env' }], values: { env: ['prod', 'dev'] } } };
  it.each([
    ['/x?h={{host.value}}&e={{env}}', '/x?h=web%201&e=env%3Aprod'],
    ['/x?from={{timestamp_start}}&to={{timestamp_widget_end}}', '/x?from=10&to=20'],
    ['/x?tpl_var_env={{$env.value}}', '/x?tpl_var_env=prod%2Cdev'],
    ['/x?none={{zone.value}}', '/x?none='],
  ])('%s', (template, address) => expect(filledIn(template, scope)).toBe(address));

  it.each([
    ['/dashboard/a', '/dashboard/a'],
    ['https://example.com', 'https://example.com'],
    ['//example.com', undefined],
    ['javascript:alert(1)', undefined],
  ])('%s leads to %s', (link, address) => expect(addressOf(link)).toBe(address));
});
