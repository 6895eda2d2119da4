/** The keys of a dashboard. */
import { isTyping } from '../../actions/keys';
import { useActions, type Action } from '../../actions';
import { toast } from '../../components';
import { share } from '../../dashboards/share/open';
import type { Dashboard } from '../../dashboards/model';
import type { DashboardState, DashboardStore } from '../../dashboards/store';
import type { DialogName } from './Dialogs';
import { hoveredWidget } from './hovered';
import type { Selection } from './use-selection';
import { canGroup, removeWidgets } from './widget-menu';

interface Of {
  store: DashboardStore;
  state: DashboardState;
  /** The dashboard with the widgets of the tab that is shown. */
  shown: Dashboard;
  mayEdit: boolean;
  isEditing: boolean;
  setEditing: (on: boolean) => void;
  tv: boolean;
  setTv: (on: boolean) => void;
  open: (id: number) => void;
  edit: (id: number) => void;
  picture: (id: number) => void;
  selection: Selection;
  show: (dialog: DialogName) => void;
}

const GROUP = 'Dashboard';

/** A text field has its own undo. */
const isFree = () => !isTyping(document.activeElement) && document.querySelector('[role="dialog"][data-modal]') === null;

export function useDashboardActions(of: Of): void {
  const { store, state, mayEdit, isEditing, setEditing, selection, show } = of;
  const step = (label: string | undefined, did: string) => toast(label === undefined ? `Nothing to ${did === 'Undone' ? 'undo' : 'redo'}` : `${did}: ${label}`);
  const chosen = () => (selection.ids.size > 0 ? [...selection.ids] : [hoveredWidget() ?? Number.NaN].filter((id) => !Number.isNaN(id)));
  const actions: Action[] = [
    { id: 'shell.full', label: of.tv ? 'Leave TV mode' : 'TV mode', group: GROUP, shortcut: 'f', keywords: 'full screen wall', run: () => of.setTv(!of.tv) },
    {
      id: 'dashboard.edit-widget',
      label: 'Edit the widget under the pointer',
      group: GROUP,
      shortcut: 'e',
      when: () => mayEdit && hoveredWidget() !== undefined,
      run: () => of.edit(hoveredWidget() ?? 0),
    },
    {
      id: 'dashboard.open-widget',
      label: 'The widget under the pointer in full screen',
      group: GROUP,
      shortcut: 'o',
      when: () => hoveredWidget() !== undefined,
      run: () => of.open(hoveredWidget() ?? 0),
    },
    {
      id: 'page.share',
      label: 'Share the widget under the pointer, or the dashboard',
      group: GROUP,
      shortcut: 's',
      keywords: 'snapshot picture public link',
      run: () => {
        const id = hoveredWidget();
        if (id === undefined) share({ kind: 'public', dashboard: state.dashboard });
        else of.picture(id);
      },
    },
    { id: 'dashboard.edit', label: isEditing ? 'Stop editing' : 'Edit the dashboard', group: GROUP, shortcut: 'E', keywords: 'change arrange', when: () => mayEdit, run: () => setEditing(!isEditing) },
    { id: 'dashboard.undo', label: `Undo${nameOf(state.history.past.at(-1)?.label)}`, group: GROUP, shortcut: 'Ctrl+Z', when: () => mayEdit && isFree(), run: () => step(store.undo(), 'Undone') },
    { id: 'dashboard.redo', label: `Redo${nameOf(state.history.future.at(-1)?.label)}`, group: GROUP, shortcut: 'Ctrl+Shift+Z', aliases: ['Ctrl+Y'], when: () => mayEdit && isFree(), run: () => step(store.redo(), 'Redone') },
    // The browser's own events do these; here they are for the list of keys.
    { id: 'dashboard.copy', label: 'Copy the selected widgets, or the one under the pointer', group: GROUP, shortcut: 'Ctrl+C', when: () => false, run: () => {} },
    { id: 'dashboard.cut', label: 'Cut the selected widgets', group: GROUP, shortcut: 'Ctrl+X', when: () => false, run: () => {} },
    { id: 'dashboard.paste', label: 'Paste widgets, or JSON of widgets', group: GROUP, shortcut: 'Ctrl+V', when: () => false, run: () => {} },
    { id: 'dashboard.json', label: 'JSON of the dashboard', group: GROUP, keywords: 'definition export', run: () => show('json') },
    { id: 'dashboard.settings', label: 'Settings of the dashboard', group: GROUP, keywords: 'title description tags', when: () => mayEdit, run: () => show('settings') },
    { id: 'dashboard.permissions', label: 'Permissions of the dashboard', group: GROUP, keywords: 'restrict roles lock read only who', when: () => mayEdit, run: () => show('permissions') },
    { id: 'dashboard.group', label: 'Put the selected widgets into a group', group: GROUP, shortcut: 'Ctrl+G', when: () => isEditing && isFree() && canGroup(state.dashboard, chosen()), run: () => store.change({ type: 'group', ids: chosen(), title: 'New group' }) },
    { id: 'dashboard.duplicate', label: 'Duplicate the selected widgets, or the one under the pointer', group: GROUP, shortcut: 'Ctrl+D', when: () => isEditing && isFree() && chosen().length > 0, run: () => store.change({ type: 'duplicate', ids: chosen() }) },
    { id: 'dashboard.select-all', label: 'Select all widgets', group: GROUP, shortcut: 'Ctrl+A', when: () => isEditing && isFree(), run: () => selection.selectAll(of.shown.widgets.flatMap(({ id }) => id ?? [])) },
    { id: 'dashboard.remove', label: 'Delete the selected widgets', group: GROUP, shortcut: 'Delete', aliases: ['Backspace'], when: () => isEditing && selection.ids.size > 0, run: () => removeWidgets(store, [...selection.ids]) },
    { id: 'dashboard.deselect', label: 'Deselect', group: GROUP, shortcut: 'Escape', when: () => selection.ids.size > 0, run: selection.clear },
  ];
  useActions(actions);
}

const nameOf = (label: string | undefined) => (label === undefined ? '' : `: ${label}`);
