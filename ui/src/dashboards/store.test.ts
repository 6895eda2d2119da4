import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { record, STEPS_MAX, type History } from './history';
import type { Dashboard } from './model';
import { contentOf, createStore, type Server } from './store';

const FIRST: Dashboard = { id: 'abc-def-ghi', title: 'Board', layout_type: 'ordered', modified_at: '1', widgets: [{ id: 1, definition: { type: 'note', content: 'a' }, layout: { x: 0, y: 0, width: 4, height: 2 } }] };

/** A server with one dashboard that says what was written to it. */
function server(): Server & { saved: Dashboard[]; now: Dashboard; fail?: unknown } {
  const one: ReturnType<typeof server> = {
    saved: [],
    now: FIRST,
    load: async () => one.now,
    save: async (dashboard) => {
      if (one.fail) throw one.fail;
      one.saved.push(dashboard);
      one.now = { ...dashboard, modified_at: String(one.saved.length + 1) };
      return one.now;
    },
  };
  return one;
}

const rename = (title: string) => ({ type: 'settings' as const, patch: { title }, label: 'rename' });

describe('the store of a dashboard', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('saves changes by itself, several at once', async () => {
    const one = server();
    const store = createStore(FIRST, one);
    store.change(rename('A'));
    store.change(rename('B'));
    expect(store.get().status).toBe('dirty');
    await vi.runAllTimersAsync();
    expect(one.saved.map(({ title }) => title)).toEqual(['B']);
    expect(store.get()).toMatchObject({ status: 'saved', dashboard: { title: 'B', modified_at: '2' } });
  });

  it('undoes and redoes, and saves that too', async () => {
    const one = server();
    const store = createStore(FIRST, one);
    store.change(rename('A'));
    store.change({ type: 'remove', ids: [1] });
    await vi.runAllTimersAsync();
    expect(store.undo()).toBe('remove note');
    expect(store.get().dashboard.widgets).toHaveLength(1);
    expect(store.undo()).toBe('rename');
    expect(store.undo()).toBeUndefined();
    expect(store.redo()).toBe('rename');
    await vi.runAllTimersAsync();
    expect(one.now).toMatchObject({ title: 'A' });
    expect(one.now.widgets).toHaveLength(1);
    store.change(rename('C'));
    expect(store.redo()).toBeUndefined();
  });

  it('takes changes of the same name as one step', () => {
    const store = createStore(FIRST, server());
    for (const title of ['T', 'Ti', 'Tit']) store.change(rename(title), 'title');
    expect(store.undo()).toBe('rename');
    expect(store.get().dashboard.title).toBe('Board');
  });

  it('does not write over what somebody else did', async () => {
    const one = server();
    const store = createStore(FIRST, one);
    one.now = { ...FIRST, title: 'Theirs', modified_at: '7' };
    store.change(rename('Mine'));
    await vi.runAllTimersAsync();
    expect(one.saved).toEqual([]);
    expect(store.get()).toMatchObject({ status: 'conflict', dashboard: { title: 'Mine' }, theirs: { title: 'Theirs' } });
    // More changes wait as well.
    store.change(rename('Mine too'));
    await vi.runAllTimersAsync();
    expect(one.saved).toEqual([]);
    await store.keepMine();
    expect(store.get().status).toBe('saved');
    expect(one.now.title).toBe('Mine too');
  });

  it('takes the other version, which can be undone', async () => {
    const one = server();
    const store = createStore(FIRST, one);
    one.now = { ...FIRST, title: 'Theirs', modified_at: '7' };
    store.change(rename('Mine'));
    await vi.runAllTimersAsync();
    store.takeTheirs();
    expect(store.get()).toMatchObject({ status: 'saved', dashboard: { title: 'Theirs' } });
    store.undo();
    await vi.runAllTimersAsync();
    expect(one.now.title).toBe('Mine');
  });

  it('is no conflict when only the time differs', async () => {
    const one = server();
    const store = createStore(FIRST, one);
    one.now = { ...FIRST, modified_at: '7', author_name: 'x' };
    store.change(rename('Mine'));
    await vi.runAllTimersAsync();
    expect(one.now.title).toBe('Mine');
  });

  it('says what was refused, and tries again when the server was away', async () => {
    const one = server();
    const store = createStore(FIRST, one);
    one.fail = Object.assign(new Error('widgets[0]: no'), { status: 400 });
    store.change(rename('A'));
    await vi.runAllTimersAsync();
    expect(store.get()).toMatchObject({ status: 'failed', error: { message: 'widgets[0]: no' } });
    one.fail = Object.assign(new Error('away'), { status: 0 });
    store.change(rename('B'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(store.get().status).toBe('failed');
    delete one.fail;
    await vi.runAllTimersAsync();
    expect(store.get().status).toBe('saved');
    expect(one.now.title).toBe('B');
  });

  it('adopts a newer copy unless something is unsaved', () => {
    const store = createStore(FIRST, server());
    store.adopt({ ...FIRST, title: 'Newer', modified_at: '5' });
    expect(store.get().dashboard.title).toBe('Newer');
    store.change(rename('Mine'));
    store.adopt({ ...FIRST, title: 'Newest', modified_at: '6' });
    expect(store.get().dashboard.title).toBe('Mine');
  });

  it('keeps what changes while it is being saved', async () => {
    const one = server();
    const store = createStore(FIRST, one);
    store.change(rename('A'));
    const saving = store.flush();
    store.change(rename('B'));
    await saving;
    expect(store.get()).toMatchObject({ status: 'dirty', dashboard: { title: 'B' } });
    await vi.runAllTimersAsync();
    expect(one.saved.map(({ title }) => title)).toEqual(['A', 'B']);
  });
});

describe('history', () => {
  it('is bounded', () => {
    let history: History = { past: [], future: [] };
    for (let at = 0; at < STEPS_MAX + 20; at += 1) history = record(history, { label: String(at), dashboard: FIRST });
    expect(history.past).toHaveLength(STEPS_MAX);
    expect(history.past.at(-1)?.label).toBe(String(STEPS_MAX + 19));
  });

  it('leaves out of the content what is the server’s', () => {
    expect(Object.keys(contentOf({ ...FIRST, author_handle: 'x', odd: 1 }))).toEqual(['title', 'layout_type', 'widgets', 'odd']);
  });
});
