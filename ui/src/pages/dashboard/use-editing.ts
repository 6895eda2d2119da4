/** How the board is changed by hand. What is selected goes along with what is held. */
import { useMemo } from 'react';

import type { BoardEditing } from '../../dashboards/board';
import { newId } from '../../dashboards/ids';
import type { DashboardStore } from '../../dashboards/store';
import { tabsOf } from '../../dashboards/tabs/tabs';
import type { Selection } from './use-selection';
import type { OpenEditor } from './use-widget-editor';
import { moveToTab, removeWidgets } from './widget-menu';

export function useEditing(isEditing: boolean, store: DashboardStore, selection: Selection, { edit, addNew }: Pick<OpenEditor, 'edit' | 'addNew'>): BoardEditing | undefined {
  const { ids } = selection;
  return useMemo(() => {
    if (!isEditing) return undefined;
    const allWith = (id: number) => (ids.has(id) ? [...ids] : [id]);
    return {
      move: (id, target) => store.change({ type: 'move', id, target, along: allWith(id) }, `move ${allWith(id).join()}`),
      toTab: (id, tab) => {
        const to = tabsOf(store.get().dashboard).find((one) => one.id === tab);
        if (to) moveToTab(store, allWith(id), to);
      },
      resize: (id, size) => store.change({ type: 'resize', id, size }, `resize ${id}`),
      add: (widget, target) => addNew({ ...widget, id: widget.id ?? newId() }, target),
      remove: (id) => removeWidgets(store, allWith(id)),
      edit,
    };
  }, [isEditing, store, ids, edit, addNew]);
}
