import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { ApiError } from '../../api/errors';
import { WidgetContextOf, type WidgetContext } from '../context';
import { NO_VARIABLES } from '../../dashboards/variables';
import { asked, isOther, useScalars } from './ask';
import { askedOf } from './request';

const scalars = vi.hoisted(() => vi.fn());
vi.mock('../../api/scalar', () => ({ scalars }));

const HOUR = 3600_000;
const answer = (value: number) => ({ rows: [{ tags: [], values: [value] }], units: [null] });
const of = (q: string) => [askedOf({ q }, NO_VARIABLES)];

let context: WidgetContext;
beforeEach(() => {
  scalars.mockReset();
  context = { range: { from: 0, to: HOUR }, live: false, variables: NO_VARIABLES, isActive: true };
});
afterEach(() => vi.restoreAllMocks());

function rendered(q: string) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <WidgetContextOf value={context}>{children}</WidgetContextOf>
    </QueryClientProvider>
  );
  return renderHook(({ requests }) => useScalars(requests), { wrapper, initialProps: { requests: of(q) } });
}

it('asks for nothing while nobody sees it', async () => {
  context = { ...context, isActive: false };
  const { rerender, result } = rendered('avg:a{*}');
  expect(scalars).not.toHaveBeenCalled();
  context = { ...context, isActive: true };
  scalars.mockResolvedValue(answer(1));
  rerender({ requests: of('avg:a{*}') });
  await waitFor(() => expect(result.current.parts[0]?.data).toEqual(answer(1)));
});

it('keeps what it has while time moves on, and dims it only when the time is another', async () => {
  scalars.mockResolvedValueOnce(answer(1));
  const { result, rerender } = rendered('avg:a{*}');
  await waitFor(() => expect(result.current.parts[0]?.data).toEqual(answer(1)));
  let resolve: (value: unknown) => void = () => {};
  scalars.mockImplementation(() => new Promise((done) => (resolve = done)));
  context = { ...context, range: { from: 15_000, to: HOUR + 15_000 } };
  rerender({ requests: of('avg:a{*}') });
  expect([result.current.parts[0]?.data, result.current.isOld]).toEqual([answer(1), false]);
  context = { ...context, range: { from: -23 * HOUR, to: HOUR } };
  rerender({ requests: of('avg:a{*}') });
  expect([result.current.parts[0]?.data, result.current.isOld, result.current.isPending]).toEqual([answer(1), true, false]);
  await act(async () => resolve(answer(2)));
  await waitFor(() => expect([result.current.parts[0]?.data, result.current.isOld]).toEqual([answer(2), false]));
});

it('shows no other question beside an error', async () => {
  scalars.mockResolvedValueOnce(answer(1));
  const { result, rerender } = rendered('avg:a{*}');
  await waitFor(() => expect(result.current.parts[0]?.data).toEqual(answer(1)));
  let reject: (error: Error) => void = () => {};
  scalars.mockImplementation(() => new Promise((_, fail) => (reject = fail)));
  rerender({ requests: of('avg:b{') });
  expect([result.current.parts[0]?.data, result.current.isOld]).toEqual([answer(1), true]);
  await act(async () => reject(new ApiError(400, 'a mistake')));
  await waitFor(() => expect(result.current.parts[0]).toEqual({ data: undefined, error: new ApiError(400, 'a mistake') }));
  context = { ...context, range: { from: 15_000, to: HOUR + 15_000 } };
  rerender({ requests: of('avg:b{') });
  expect(result.current.parts[0]?.error).toEqual(new ApiError(400, 'a mistake'));
});

it('asks on a raster while live', () => {
  const first = asked({ from: 1000, to: HOUR + 1000 }, true);
  expect(asked({ from: 4000, to: HOUR + 4000 }, true)).toEqual(first);
  expect(first.to - first.from).toBe(HOUR);
  expect(asked({ from: 1, to: 2 }, false)).toEqual({ from: 1, to: 2 });
});

it.each([
  [{ from: 0, to: 100 }, { from: 5, to: 105 }, false],
  [{ from: 0, to: 100 }, { from: 50, to: 150 }, true],
  [{ from: 0, to: 100 }, { from: 0, to: 200 }, true],
])('%j for %j misleads: %s', (shown, wanted, is) => expect(isOther(shown, wanted)).toBe(is));
