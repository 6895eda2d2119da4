import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';

import { FacetPanel } from './FacetPanel';
import type { Facet } from './facets';

interface Item {
  status: string;
  env: string;
}

const ITEMS: Item[] = [
  { status: 'error', env: 'prod' },
  { status: 'error', env: 'dev' },
  { status: 'info', env: 'prod' },
];
const FACETS: Facet<Item>[] = [
  { field: 'status', label: 'Status', values: (item) => [item.status], isOpen: true },
  { field: 'env', label: 'Environment', values: (item) => [item.env] },
  { field: 'never', label: 'Never there', values: () => [] },
];

afterEach(cleanup);

function show(search: string) {
  const asked: string[] = [];
  const note = 'Counts are of the newest.';
  render(<FacetPanel name={`test ${search}`} facets={FACETS} items={ITEMS} search={search} onSearch={(next) => asked.push(next)} note={note} />);
  return asked;
}

/** A facet or a value by its words; the count may stand right behind. */
const named = (words: string) => ({ name: new RegExp(`^${words.replace(' ', '\\s*')}$`) });
const value = (words: string) => screen.getByRole('button', named(words));

it('a click narrows, Shift adds, Alt excludes', () => {
  const asked = show('deploy');
  fireEvent.click(value('error 2'));
  fireEvent.click(value('error 2'), { shiftKey: true });
  fireEvent.click(value('info 1'), { altKey: true });
  expect(asked).toEqual(['deploy status:error', 'deploy status:error', 'deploy -status:info']);
});

it('what is chosen is pressed, keeps its alternatives and can be cleared', () => {
  const asked = show('status:error');
  expect(value('error 2').getAttribute('aria-pressed')).toBe('true');
  expect(value('info 1').getAttribute('aria-pressed')).toBe('false');
  fireEvent.click(value('Clear'));
  expect(asked).toEqual(['']);
});

it('facets unfold, and are found by their values', () => {
  show('');
  expect(screen.queryByRole('button', named('prod 2'))).toBeNull();
  fireEvent.click(value('Environment 2'));
  value('prod 2');
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'dev' } });
  value('dev 1');
  expect(screen.queryByRole('button', named('error 2'))).toBeNull();
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'nothing' } });
  screen.getByText('No facet is called “nothing”.');
});

it('facets without values are not shown; what the counts are of is said', () => {
  show('');
  expect(screen.queryByText('Never there')).toBeNull();
  screen.getByText('Counts are of the newest.');
});

it('what is chosen is in sight, however rare', () => {
  const items = Array.from({ length: 40 }, (_, at) => ({ status: `s${Math.floor(at / 4)}`, env: 'prod' }));
  const rare = { status: 'rare', env: 'prod' };
  const [status] = FACETS as [Facet<Item>];
  render(<FacetPanel name="rare" facets={[status]} items={[...items, rare]} search="status:rare" onSearch={() => {}} />);
  expect(value('rare 1').getAttribute('aria-pressed')).toBe('true');
  expect(screen.queryByRole('button', named('s9 4'))).toBeNull();
  fireEvent.click(value('Show 3 more'));
  value('s9 4');
});
