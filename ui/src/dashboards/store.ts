/**
 * The dashboard that is open: what it is now, how it came to be, and whether the server has it.
 *
 * Every change is saved by itself a moment later. Before saving, the server's copy is looked at: if
 * somebody changed it meanwhile, nothing is written before the person decided.
 */
import { apply, labelOf, type Change } from './changes';
import { NO_HISTORY, record, redo, undo, type History } from './history';
import { withIds } from './ids';
import type { Dashboard } from './model';

export type SaveStatus = 'saved' | 'dirty' | 'saving' | 'failed' | 'conflict';

export interface DashboardState {
  dashboard: Dashboard;
  history: History;
  status: SaveStatus;
  /** Why it could not be saved. */
  error?: unknown;
  /** The server's copy, when it is not the one that was changed. */
  theirs?: Dashboard | undefined;
}

export interface Server {
  load: () => Promise<Dashboard>;
  save: (dashboard: Dashboard) => Promise<Dashboard>;
}

export interface DashboardStore {
  get: () => DashboardState;
  subscribe: (listener: () => void) => () => void;
  /** `merge`: changes of the same name that follow each other are undone as one. */
  change: (change: Change, merge?: string) => void;
  undo: () => string | undefined;
  redo: () => string | undefined;
  /** Saves what is not saved yet, now. */
  flush: () => Promise<void>;
  /** After a conflict: writes over the other's version, or takes it. */
  keepMine: () => Promise<void>;
  takeTheirs: () => void;
  /** A newer copy of the server; ignored while something is unsaved. */
  adopt: (dashboard: Dashboard) => void;
  dispose: () => void;
}

const SAVE_MS = 700;
const RETRY_MS = 5000;

/** What the server says by itself. */
const OF_SERVER = ['id', 'url', 'author_handle', 'author_name', 'author_info', 'created_at', 'modified_at'] as const;

export function contentOf(dashboard: Dashboard): Partial<Dashboard> {
  const content: Partial<Dashboard> = { ...dashboard };
  for (const key of OF_SERVER) delete content[key];
  return content;
}

function isSameContent(a: Dashboard, b: Dashboard): boolean {
  return JSON.stringify(contentOf(a)) === JSON.stringify(contentOf(b));
}

/** Everything of the server's from `from`, everything else from `to`. */
function withServerKeys(to: Dashboard, from: Dashboard): Dashboard {
  const next: Dashboard = { ...to };
  for (const key of OF_SERVER) if (from[key] !== undefined) (next as Record<string, unknown>)[key] = from[key];
  return next;
}

export function createStore(first: Dashboard, server: Server, saveMs = SAVE_MS): DashboardStore {
  let base = first;
  let state: DashboardState = { dashboard: withIds(first), history: NO_HISTORY, status: 'saved' };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | undefined;
  const listeners = new Set<() => void>();
  const set = (patch: Partial<DashboardState>) => {
    state = { ...state, ...patch };
    for (const listener of listeners) listener();
  };
  const schedule = (ms = saveMs) => {
    clearTimeout(timer);
    timer = setTimeout(() => void flush(), ms);
  };

  const save = async (isForced: boolean): Promise<void> => {
    const sent = state.dashboard;
    set({ status: 'saving', error: undefined });
    try {
      const theirs = await server.load();
      if (!isForced && theirs.modified_at !== base.modified_at && !isSameContent(theirs, base)) {
        set({ status: 'conflict', theirs });
        return;
      }
      base = await server.save(sent);
      const dashboard = withServerKeys(state.dashboard, base);
      const isWhole = state.dashboard === sent;
      set({ dashboard, status: isWhole ? 'saved' : 'dirty', theirs: undefined });
      if (!isWhole) schedule();
    } catch (error) {
      set({ status: 'failed', error });
      // Gone for a moment, most likely: what is refused stays refused.
      if ((error as { status?: unknown }).status === 0) schedule(RETRY_MS);
    }
  };
  const flush = async (isForced = false): Promise<void> => {
    clearTimeout(timer);
    while (running) await running;
    if (!isForced && (state.status === 'saved' || state.status === 'conflict')) return;
    running = save(isForced).finally(() => (running = undefined));
    await running;
  };
  const show = (dashboard: Dashboard, history: History) => {
    const isConflict = state.status === 'conflict';
    set({ dashboard, history, status: isConflict ? 'conflict' : state.status === 'saving' ? 'saving' : 'dirty' });
    if (!isConflict) schedule();
  };
  const step = (way: typeof undo): string | undefined => {
    const done = way(state.history, state.dashboard);
    if (!done) return undefined;
    show(withServerKeys(done.dashboard, state.dashboard), done.history);
    return done.label;
  };

  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    change(change, merge) {
      const dashboard = apply(state.dashboard, change);
      if (dashboard === state.dashboard) return;
      show(dashboard, record(state.history, { label: labelOf(change, state.dashboard), dashboard: state.dashboard, merge }));
    },
    undo: () => step(undo),
    redo: () => step(redo),
    flush: () => flush(),
    keepMine: () => flush(true),
    takeTheirs() {
      const { theirs } = state;
      if (!theirs) return;
      base = theirs;
      const history = record(state.history, { label: 'take the other version', dashboard: state.dashboard });
      set({ dashboard: withIds(theirs), history, status: 'saved', theirs: undefined });
    },
    adopt(dashboard) {
      if (state.status !== 'saved' || dashboard.modified_at === base.modified_at) return;
      base = dashboard;
      const history = record(state.history, { label: 'change from elsewhere', dashboard: state.dashboard });
      set({ dashboard: withIds(dashboard), history });
    },
    dispose() {
      if (state.status === 'dirty' || state.status === 'failed') void flush();
      clearTimeout(timer);
    },
  };
}
