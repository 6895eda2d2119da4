/**
 * A dashboard that is there: toolbar, widgets, and everything that can be done with it. Its store
 * holds what it is now; the address holds time, variables, the widget in full screen and the mode.
 */
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';

import { ErrorState, Tabs, toast } from '../../components';
import type { Change } from '../../dashboards/changes';
import { DashboardView } from '../../dashboards/DashboardView';
import { findWidget } from '../../dashboards/ids';
import type { Dashboard, Widget } from '../../dashboards/model';
import { freshName, newTabId, tabAt, tabsOf } from '../../dashboards/tabs/tabs';
import { TabsBar } from '../../dashboards/tabs/TabsBar';
import { useDashboardStore } from '../../dashboards/use-store';
import { Page } from '../../shell';
import { useParams, useSetParams } from '../../util/url-state';
import { useDashboardActions } from './actions';
import { Conflict } from './Conflict';
import styles from './dashboard.module.css';
import { Dialogs, type DialogName } from './Dialogs';
import { EmptyDashboard } from './EmptyDashboard';
import { FullScreenWidget } from './FullScreenWidget';
import { HeadButtons } from './HeadButtons';
import { SelectionBar } from './SelectionBar';
import { Toolbar } from './Toolbar';
import { TvMode } from './TvMode';
import { ofTab, tileSizeOf } from '../../dashboards/shown';
import { useDefaultTime } from './use-default-time';
import { useClipboard } from './use-clipboard';
import { useEditing } from './use-editing';
import { useFolds } from './use-folds';
import { usePermission } from './use-permission';
import { useSelection } from './use-selection';
import { useShareWidget } from './use-share-widget';
import { useWidgetEditor } from './use-widget-editor';
import { useValues } from './use-values';
import { widgetMenu } from './widget-menu';

const Tray = lazy(() => import('../../dashboards/tray/Tray'));

const CRUMBS = [{ label: 'Dashboards', to: '/dashboard/lists' }];

export function OpenDashboard({ loaded }: { loaded: Dashboard }) {
  const [store, state] = useDashboardStore(loaded);
  const { dashboard } = state;
  const params = useParams();
  const set = useSetParams();
  const navigate = useNavigate();
  const { reason, summary, person } = usePermission(dashboard);
  const mayEdit = reason === undefined;
  const isEditing = mayEdit && params['edit'] === 'true';
  const tv = params['tv_mode'] === 'true';
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const { variables, change: changeValues, onFilter } = useValues(dashboard);
  const folds = useFolds(dashboard.id);
  const shown = useMemo(() => ofTab(dashboard, params['tab']), [dashboard, params['tab']]);
  const selection = useSelection(shown);
  const openId = Number(params['fullscreen_widget'] ?? Number.NaN);
  const setEditing = (on: boolean) => set({ edit: on ? 'true' : undefined }, { replace: true });
  const editor = useWidgetEditor(store);
  const { edit } = editor;
  const add = (widgets: readonly Widget[], group?: number) => {
    store.change({ type: 'add', widgets, group, tab: params['tab'] });
    setEditing(true);
  };
  const clipboard = useClipboard({ store, selected: selection.ids, mayEdit, isEditing, add });

  const editing = useEditing(isEditing && !tv, store, selection, editor);
  const picture = useShareWidget(store, variables);
  const open = useMemo(() => (id: number) => set({ fullscreen_widget: String(id) }), [set]);
  const menuOf = useMemo(
    () => (id: number) => widgetMenu({ id, store, mayEdit, open, edit, copy: clipboard.copy, picture, navigate, selected: selection.ids, dashboard: store.get().dashboard }),
    [store, mayEdit, open, edit, clipboard.copy, picture, navigate, selection.ids],
  );
  const setTv = (on: boolean) => set({ tv_mode: on ? 'true' : undefined }, { replace: true });
  useDashboardActions({ store, state, shown, mayEdit, isEditing, setEditing, setTv, tv, open, edit, picture, selection, show: setDialog });

  const tileSize = tileSizeOf(dashboard, params['tile_size']);
  useDefaultTime(loaded);

  const view = (
    <DashboardView
      dashboard={shown}
      className={tv ? undefined : styles.scroll}
      variables={variables}
      dashboardId={dashboard.id}
      onFilter={onFilter}
      folded={folds.folded}
      toggleFold={folds.toggle}
      editing={editing}
      open={tv ? undefined : open}
      menuOf={tv ? undefined : menuOf}
      edit={mayEdit && !tv ? edit : undefined}
      tileSize={tileSize}
      selected={selection.ids}
      select={selection.select}
      selectAll={selection.selectAll}
      empty={<EmptyDashboard onAdd={mayEdit ? () => setEditing(true) : undefined} onImport={mayEdit ? () => setDialog('import') : undefined} isEditing={isEditing} />}
    >
      {isEditing && !tv && (
        <Suspense fallback={<div className={styles.trayPlace} />}>
          <Tray
            onAdd={(widget) => editor.addNew(widget)}
            onClose={() => setEditing(false)}
          />
        </Suspense>
      )}
    </DashboardView>
  );
  const tabs = tabsOf(dashboard);
  const showTab = (tab: string) => set({ tab }, { replace: true });
  const changeTabs = (change: Change, done?: string) => {
    store.change(change);
    if (done !== undefined) toast(done, { undo: () => store.undo() });
  };
  const addTab = () => {
    const tab = { id: newTabId(), name: freshName(dashboard) };
    changeTabs({ type: 'add-tab', tab });
    showTab(tab.id);
  };
  const full = Number.isNaN(openId) ? undefined : findWidget(dashboard, openId)?.widget;
  const edited = mayEdit && editor.id !== undefined ? findWidget(dashboard, editor.id)?.widget : undefined;
  return (
    <Page
      title={dashboard.title}
      crumbs={CRUMBS}
      time
      layout="fill"
      buttons={<HeadButtons store={store} state={state} reason={reason} summary={summary} isEditing={isEditing} setEditing={setEditing} setTv={setTv} show={setDialog} />}
    >
      <Toolbar
        dashboard={dashboard}
        values={variables.values}
        onValues={changeValues}
        tileSize={tileSize}
        onTileSize={(size) => set({ tile_size: size === 'm' ? undefined : size }, { replace: true })}
        onAddTab={isEditing && tabs.length === 0 ? addTab : undefined}
        onDefine={mayEdit ? (patch, label) => store.change({ type: 'settings', patch, label }) : undefined}
      />
      {tabs.length > 0 && (
        <div className={styles.tabs}>
          {isEditing ? (
            <TabsBar dashboard={dashboard} value={params['tab']} onChoose={showTab} onChange={changeTabs} />
          ) : (
            <Tabs label="Tabs" tabs={tabs.map(({ id, name }) => ({ id, label: name }))} value={tabAt(dashboard, params['tab'])?.id ?? ''} onChange={showTab} />
          )}
        </div>
      )}
      {state.status === 'conflict' && <Conflict onMine={() => void store.keepMine()} onTheirs={() => store.takeTheirs()} />}
      {state.status === 'failed' && (
        <div className={styles.failed} role="alert">
          <ErrorState error={state.error} onRetry={() => void store.flush()} />
        </div>
      )}
      <div className={styles.body} onPointerDown={(event) => event.target === event.currentTarget && selection.clear()}>
        {tv ? <TvMode title={dashboard.title} onClose={() => setTv(false)}>{view}</TvMode> : view}
        {isEditing && !tv && selection.ids.size > 1 && <SelectionBar store={store} dashboard={dashboard} copy={clipboard.copy} ids={[...selection.ids]} onClear={selection.clear} />}
      </div>
      {full && (
        <FullScreenWidget
          dashboard={dashboard}
          widget={full}
          variables={variables}
          onFilter={onFilter}
          onShow={(id) => set({ fullscreen_widget: id === undefined ? undefined : String(id) }, { replace: true })}
          onEdit={mayEdit ? edit : undefined}
        />
      )}
      <Dialogs
        name={dialog}
        store={store}
        dashboard={dashboard}
        mayEdit={mayEdit}
        person={person}
        edited={edited}
        isNew={editor.isNew}
        onSaveWidget={editor.save}
        variables={variables}
        onImported={(imported) => {
          add(imported.dashboard.widgets ?? []);
          for (const note of imported.notes ?? []) toast(note);
        }}
        onCloseEditor={editor.close}
        onClose={() => setDialog(null)}
      />
    </Page>
  );
}
