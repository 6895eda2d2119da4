/** Undo and redo: what a dashboard was before each change, the newest hundred. */
import type { Dashboard } from './model';

export interface Step {
  label: string;
  /** What it was on the other side of this step. */
  dashboard: Dashboard;
  /** Steps of the same kind that follow each other at once are one. */
  merge?: string | undefined;
}

export interface History {
  past: readonly Step[];
  future: readonly Step[];
}

export const NO_HISTORY: History = { past: [], future: [] };
export const STEPS_MAX = 100;

export function record(history: History, step: Step): History {
  const last = history.past.at(-1);
  const isSame = step.merge !== undefined && last?.merge === step.merge && history.future.length === 0;
  return { past: isSame ? history.past : [...history.past, step].slice(-STEPS_MAX), future: [] };
}

/** The dashboard before the last step; undefined when there is none. */
export function undo(history: History, now: Dashboard): { history: History; dashboard: Dashboard; label: string } | undefined {
  const step = history.past.at(-1);
  if (!step) return undefined;
  const future = [...history.future, { label: step.label, dashboard: now }];
  return { history: { past: history.past.slice(0, -1), future }, dashboard: step.dashboard, label: step.label };
}

export function redo(history: History, now: Dashboard): { history: History; dashboard: Dashboard; label: string } | undefined {
  const step = history.future.at(-1);
  if (!step) return undefined;
  const past = [...history.past, { label: step.label, dashboard: now }];
  return { history: { past, future: history.future.slice(0, -1) }, dashboard: step.dashboard, label: step.label };
}
