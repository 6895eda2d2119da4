/**
 * Ctrl+C and Ctrl+V of widgets. The browser's own events are used: they need no permission, work
 * over plain HTTP, and leave text fields and selected text alone.
 */
import { useCallback, useEffect, useRef } from 'react';

import { isTyping } from '../../actions/keys';
import { toast } from '../../components';
import { importDashboard } from '../../dashboards/api';
import { copyText as widgetsText, readPasted } from '../../dashboards/clipboard';
import { isGroup } from '../../dashboards/grid/pixels';
import { findWidget, withIds } from '../../dashboards/ids';
import type { Widget } from '../../dashboards/model';
import type { DashboardStore } from '../../dashboards/store';
import { copyText } from '../../util/copy';
import { hoveredWidget } from './hovered';
import { removeWidgets } from './widget-menu';

interface Of {
  store: DashboardStore;
  selected: ReadonlySet<number>;
  mayEdit: boolean;
  isEditing: boolean;
  add: (widgets: readonly Widget[], group?: number) => void;
}

export function useClipboard(of: Of): { copy: (ids: readonly number[]) => void } {
  const latest = useRef(of);
  useEffect(() => {
    latest.current = of;
  });
  useEffect(() => {
    const onCopy = (event: ClipboardEvent) => {
      const ids = idsToCopy(latest.current);
      if (isBusy(event) || ids.length === 0 || !window.getSelection()?.isCollapsed) return;
      event.clipboardData?.setData('text/plain', textOf(latest.current.store, ids));
      event.preventDefault();
      toast(ids.length === 1 ? 'Widget copied' : `${ids.length} widgets copied`);
    };
    const onCut = (event: ClipboardEvent) => {
      const { store, selected, isEditing } = latest.current;
      if (!isEditing || isBusy(event) || selected.size === 0) return;
      event.clipboardData?.setData('text/plain', textOf(store, [...selected]));
      event.preventDefault();
      removeWidgets(store, [...selected]);
    };
    const onPaste = (event: ClipboardEvent) => {
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (isBusy(event) || !readPasted(text)) return;
      event.preventDefault();
      if (!latest.current.mayEdit) return toast('This dashboard cannot be changed', { isError: true });
      void paste(text, latest.current);
    };
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCut);
    document.addEventListener('paste', onPaste);
    return () => {
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCut);
      document.removeEventListener('paste', onPaste);
    };
  }, []);
  const copy = useCallback((ids: readonly number[]) => {
    void copyText(textOf(latest.current.store, ids)).then(() => toast('Copied: Ctrl+V pastes it, also on another dashboard'));
  }, []);
  return { copy };
}

function isBusy(event: ClipboardEvent): boolean {
  return event.defaultPrevented || isTyping(event.target) || document.querySelector('[role="dialog"]') !== null;
}

function idsToCopy({ selected }: Of): number[] {
  const hovered = hoveredWidget();
  return selected.size > 0 ? [...selected] : hovered === undefined ? [] : [hovered];
}

function textOf(store: DashboardStore, ids: readonly number[]): string {
  const { dashboard } = store.get();
  return widgetsText(ids.flatMap((id) => findWidget(dashboard, id)?.widget ?? []));
}

async function paste(text: string, { store, selected, add }: Of): Promise<void> {
  const pasted = readPasted(text);
  if (!pasted) return;
  try {
    const widgets = pasted.kind === 'widgets' ? pasted.widgets : withIds((await importDashboard(pasted.text, false)).dashboard).widgets;
    if (widgets.length === 0) return toast('There is no widget in what was pasted', { isError: true });
    add(widgets, groupOf(store, selected));
    toast(widgets.length === 1 ? 'Widget pasted' : `${widgets.length} widgets pasted`, { undo: () => store.undo() });
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), { isError: true });
  }
}

/** The selected group, or the one around what is selected. */
function groupOf(store: DashboardStore, selected: ReadonlySet<number>): number | undefined {
  const [id] = selected;
  const found = id === undefined ? undefined : findWidget(store.get().dashboard, id);
  return found && isGroup(found.widget) ? id : found?.group;
}
