import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { TooltipProvider } from '../../../components/Tooltip';
import { End } from '../map/LegendEnd';
import { FilterBox } from './FilterBox';
import { Picker } from './Picker';

const TAGS = new Map([
  ['env:prod', 9],
  ['env:dev', 3],
  ['role:web', 2],
]);
const PAUSE_MS = 1000;

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function filterBox() {
  const onChange = vi.fn();
  render(
    <TooltipProvider>
      <FilterBox value="" tags={TAGS} onChange={onChange} />
    </TooltipProvider>,
  );
  const field = screen.getByRole('combobox', { name: 'Filter hosts' }) as HTMLInputElement;
  const type = (text: string) => {
    fireEvent.focus(field);
    fireEvent.change(field, { target: { value: text, selectionStart: text.length } });
    act(() => vi.advanceTimersByTime(PAUSE_MS));
  };
  return { field, type, onChange };
}

it('filters while one types, but not by half a tag', () => {
  const { type, onChange, field } = filterBox();
  type('web');
  expect(onChange).toHaveBeenLastCalledWith('web');
  type('web env:pr');
  expect(onChange).toHaveBeenLastCalledWith('web');
  expect(field.value).toBe('web env:pr');
  expect(screen.getAllByRole('option').map((option) => option.textContent)).toEqual(['env:prod9']);
  fireEvent.keyDown(field, { key: 'Tab' });
  expect(onChange).toHaveBeenLastCalledWith('web env:prod');
  expect(field.value).toBe('web env:prod ');
});

it('takes what is typed as it is with Enter and when it is left', () => {
  const { type, onChange, field } = filterBox();
  type('env:pr');
  fireEvent.keyDown(field, { key: 'Enter' });
  expect(onChange).toHaveBeenLastCalledWith('env:pr');
  type('role:w');
  fireEvent.blur(field);
  expect(onChange).toHaveBeenLastCalledWith('role:w');
});

it('picks several in order, and the oldest makes room', () => {
  const onChange = vi.fn();
  const choices = ['a', 'b', 'c'].map((id) => ({ id, label: id }));
  render(<Picker label="Group by" text="a, b" choices={choices} chosen={['a', 'b']} max={2} onChange={onChange} />);
  fireEvent.click(screen.getByRole('button', { name: /Group by/ }));
  fireEvent.click(screen.getByRole('option', { name: 'c' }));
  expect(onChange).toHaveBeenLastCalledWith(['b', 'c']);
  fireEvent.change(screen.getByRole('combobox'), { target: { value: 'a' } });
  fireEvent.keyDown(screen.getByRole('combobox'), { key: 'Enter' });
  expect(onChange).toHaveBeenLastCalledWith(['b']);
  fireEvent.change(screen.getByRole('combobox'), { target: { value: 'zzz' } });
  expect(screen.getByText('Nothing found')).toBeTruthy();
});

it.each([
  ['1.5k', '1500'],
  ['', undefined],
])('an end of the scale is set by %j', (typed, want) => {
  const onChange = vi.fn();
  render(<End label="Highest" text="100%" isSet={false} onChange={onChange} />);
  const field = screen.getByRole('textbox', { name: 'Highest' });
  fireEvent.focus(field);
  fireEvent.change(field, { target: { value: typed } });
  fireEvent.blur(field);
  expect(onChange).toHaveBeenCalledWith(want);
});

it('an end of the scale refuses what is no number', () => {
  const onChange = vi.fn();
  render(<End label="Highest" text="100%" isSet={false} onChange={onChange} />);
  const field = screen.getByRole('textbox', { name: 'Highest' }) as HTMLInputElement;
  fireEvent.focus(field);
  fireEvent.change(field, { target: { value: 'lots' } });
  expect(field.getAttribute('aria-invalid')).toBe('true');
  fireEvent.blur(field);
  expect(onChange).not.toHaveBeenCalled();
  expect(field.value).toBe('100%');
});
