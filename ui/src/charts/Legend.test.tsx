import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';

import type { ChartData } from './data';
import { Legend } from './Legend';
import { UNITS } from './units';

const DATA: ChartData = {
  times: [0, 1000],
  interval: 1000,
  series: [
    { id: 'a', label: 'host:web-10', tags: ['host:web-10'], color: 0, values: [1, 3], unit: UNITS.percent },
    { id: 'b', label: 'host:web-2', tags: ['host:web-2'], color: 1, values: [10, null], unit: UNITS.percent },
    { id: 'c', label: 'host:none', tags: ['host:none'], color: 2, values: [null, null] },
  ],
};

afterEach(cleanup);

function show(hidden: string[] = []) {
  const onHide = vi.fn<(hidden: ReadonlySet<string>) => void>();
  render(<Legend data={DATA} hidden={new Set(hidden)} onHide={onHide} onFocus={() => {}} />);
  return (name: string, keys: object = {}) => {
    fireEvent.click(screen.getByRole('button', { name }), keys);
    return [...(onHide.mock.lastCall?.[0] ?? ['nothing'])];
  };
}

const names = () => screen.getAllByRole('rowheader').map((cell) => cell.textContent);

describe('a legend', () => {
  it('lists values in their unit, the greatest average first, what has none last', () => {
    show();
    expect(names()).toEqual(['host:web-2', 'host:web-10', 'host:none']);
    const row = screen.getByRole('rowheader', { name: 'host:web-10' }).closest('tr');
    expect([...(row?.querySelectorAll('td') ?? [])].map((cell) => cell.textContent)).toEqual(['1%', '2%', '3%', '3%', '4%']);
  });

  it('sorts by any column, names as people read them', () => {
    show();
    fireEvent.click(screen.getByRole('button', { name: 'Series' }));
    expect(names()).toEqual(['host:none', 'host:web-2', 'host:web-10']);
    fireEvent.click(screen.getByRole('button', { name: /^Series/ }));
    expect(names()).toEqual(['host:web-10', 'host:web-2', 'host:none']);
    expect(screen.getByRole('columnheader', { name: /^Series/ }).getAttribute('aria-sort')).toBe('descending');
  });

  it('finds a series among many', () => {
    const series = Array.from({ length: 30 }, (_, at) => ({ id: `${at}`, label: `host:h${at}`, tags: [], color: at, values: [at] }));
    render(<Legend data={{ times: [0], interval: 1, series }} hidden={new Set()} onHide={() => {}} onFocus={() => {}} />);
    fireEvent.change(screen.getByRole('textbox', { name: 'Find series' }), { target: { value: 'H2' } });
    expect(names()[0]).toBe('host:h29');
    expect(names().length).toBe(11);
    fireEvent.change(screen.getByRole('textbox', { name: 'Find series' }), { target: { value: 'nope' } });
    expect(screen.getByText('No series is called “nope”.')).toBeTruthy();
  });

  it.each([
    ['a click shows one alone', [], {}, ['b', 'c']],
    ['again, all', ['b', 'c'], {}, []],
    ['on a hidden one, that one alone', ['a'], {}, ['b', 'c']],
    ['with Ctrl hides one', [], { ctrlKey: true }, ['a']],
    ['with Shift shows one', ['a', 'b'], { shiftKey: true }, ['b']],
  ])('%s', (_name, hidden, keys, expected) => {
    expect(show(hidden)('host:web-10', keys)).toEqual(expected);
  });
});
