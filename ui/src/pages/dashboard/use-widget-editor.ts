/**
 * The widget in the editor: in the address as `tile_focus`. A new one stands on the dashboard at
 * once; adding and editing it is one step of undo, and leaving the editor takes it away again.
 */
import { useCallback, useRef } from 'react';

import type { Target } from '../../dashboards/board';
import type { Widget, WidgetDefinition } from '../../dashboards/model';
import type { DashboardStore } from '../../dashboards/store';
import { useParams, useSetParams } from '../../util/url-state';

export interface OpenEditor {
  id: number | undefined;
  isNew: boolean;
  edit: (id: number) => void;
  addNew: (widget: Widget, target?: Target) => void;
  save: (definition: WidgetDefinition) => void;
  close: (isSaved: boolean) => void;
}

const mergeOf = (id: number | undefined): string | undefined => (id === undefined ? undefined : `new ${id}`);

export function useWidgetEditor(store: DashboardStore): OpenEditor {
  const params = useParams();
  const tab = params['tab'];
  const set = useSetParams();
  const added = useRef<number>(undefined);
  const wanted = Number(params['tile_focus'] ?? Number.NaN);
  const id = Number.isNaN(wanted) ? undefined : wanted;
  const edit = useCallback(
    (widget: number) => {
      added.current = undefined;
      set({ tile_focus: String(widget) }, { replace: true });
    },
    [set],
  );
  const addNew = useCallback(
    (widget: Widget, target?: Target) => {
      store.change({ type: 'add', widgets: [widget], target, tab }, mergeOf(widget.id));
      added.current = widget.id;
      set({ edit: 'true', tile_focus: widget.id === undefined ? undefined : String(widget.id) }, { replace: true });
    },
    [store, set, tab],
  );
  const isNew = id !== undefined && added.current === id;
  const save = (definition: WidgetDefinition) => {
    if (id !== undefined) store.change({ type: 'change', id, definition }, isNew ? mergeOf(id) : undefined);
  };
  const close = (isSaved: boolean) => {
    if (isNew && !isSaved && id !== undefined) {
      // Nothing else can have happened, unless somebody changed the dashboard elsewhere.
      if (store.get().history.past.at(-1)?.merge === mergeOf(id)) store.undo();
      else store.change({ type: 'remove', ids: [id] });
    }
    added.current = undefined;
    set({ tile_focus: undefined }, { replace: true });
  };
  return { id, isNew, edit, addNew, save, close };
}
