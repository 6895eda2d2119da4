/** The dialogs of a dashboard; one at most is open. */
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';

import { queryClient } from '../../api';
import { toast } from '../../components';
import { deleteDashboards, pathOf, restoreDashboards, type Imported } from '../../dashboards/api';
import { DeleteDialog } from '../../dashboards/dialogs/DeleteDialog';
import { ImportDialog } from '../../dashboards/dialogs/ImportDialog';
import { JsonDialog } from '../../dashboards/dialogs/JsonDialog';
import { PermissionsDialog } from '../../dashboards/dialogs/PermissionsDialog';
import { SettingsDialog } from '../../dashboards/dialogs/SettingsDialog';
import { withIds } from '../../dashboards/ids';
import type { Dashboard, Widget, WidgetDefinition } from '../../dashboards/model';
import type { Person } from '../../dashboards/permission';
import { contentOf, type DashboardStore } from '../../dashboards/store';
import type { Variables } from '../../dashboards/variables';

const WidgetEditor = lazy(() => import('../../dashboards/editor/WidgetEditor'));

export type DialogName = 'settings' | 'permissions' | 'json' | 'import' | 'delete';

interface Props {
  name: DialogName | null;
  store: DashboardStore;
  dashboard: Dashboard;
  mayEdit: boolean;
  person: Person | undefined;
  /** The widget in the editor. */
  edited: Widget | undefined;
  /** It was added just now, for the editor. */
  isNew: boolean;
  onSaveWidget: (definition: WidgetDefinition) => void;
  variables: Variables;
  onImported: (imported: Imported) => void;
  onCloseEditor: (isSaved: boolean) => void;
  onClose: () => void;
}

export function Dialogs({ name, store, dashboard, mayEdit, person, edited, isNew, onSaveWidget, variables, onImported, onCloseEditor, onClose }: Props) {
  const navigate = useNavigate();
  const remove = async () => {
    const { id, title } = dashboard;
    await store.flush();
    await deleteDashboards([id]);
    void queryClient.invalidateQueries({ queryKey: ['dashboards'] });
    const undo = () => void restoreDashboards([id]).then(() => navigate({ to: pathOf({ id, title }) as never }));
    toast(`${title} is deleted`, { undo });
    await navigate({ to: '/dashboard/lists' as never });
    queryClient.removeQueries({ queryKey: ['dashboard', id] });
  };
  const saveJson = (next: Dashboard) => {
    const whole = withIds({ ...dashboard, ...contentOf(next) });
    // A key that was taken out of the text is taken out of the dashboard.
    for (const key of Object.keys(contentOf(dashboard))) if (!(key in next)) delete (whole as Record<string, unknown>)[key];
    store.change({ type: 'replace', dashboard: whole, label: 'edit JSON' });
  };
  return (
    <>
      {name === 'settings' && <SettingsDialog dashboard={dashboard} onSave={(patch) => store.change({ type: 'settings', patch, label: 'change settings' })} onClose={onClose} />}
      {name === 'permissions' && <PermissionsDialog dashboard={dashboard} person={person} onSave={(patch) => store.change({ type: 'settings', patch, label: 'change permissions' })} onClose={onClose} />}
      {name === 'json' && <JsonDialog dashboard={dashboard} onSave={mayEdit ? saveJson : undefined} onClose={onClose} />}
      {name === 'delete' && <DeleteDialog title={dashboard.title} onDelete={remove} onClose={onClose} />}
      {name === 'import' && (
        <ImportDialog
          title="Import widgets into this dashboard"
          isSaved={false}
          onDone={(imported) => {
            onImported({ ...imported, dashboard: withIds(imported.dashboard) });
            onClose();
          }}
          onClose={onClose}
        />
      )}
      {edited?.id !== undefined && (
        <Suspense fallback={null}>
          <WidgetEditor key={edited.id} widget={edited} variables={variables} dashboardId={dashboard.id} isNew={isNew} onSave={onSaveWidget} onClose={onCloseEditor} />
        </Suspense>
      )}
    </>
  );
}
