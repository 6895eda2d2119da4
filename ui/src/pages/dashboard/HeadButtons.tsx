/** At the top right of a dashboard: star, state of saving, edit, share, and the menu. */
import { Braces, CloudCheck, CopyPlus, Download, Ellipsis, FileUp, Info, LoaderCircle, Pencil, Redo2, Settings, Share2, ShieldCheck, Trash2, TriangleAlert, Tv, Undo2 } from 'lucide-react';
import { useNavigate } from '@tanstack/react-router';

import { queryClient } from '../../api';
import { Button, IconButton, Menu, Popover, toast, type MenuEntry } from '../../components';
import { createDashboard, pathOf, type Summary } from '../../dashboards/api';
import { StarButton } from '../../dashboards/StarButton';
import { share } from '../../dashboards/share/open';
import { downloadDashboard } from '../../dashboards/export';
import { whoOf } from '../../dashboards/permission';
import { contentOf, type DashboardState, type DashboardStore } from '../../dashboards/store';
import { Markdown } from '../../explorer/Markdown';
import { markdownBlocks } from '../../explorer/markdown';
import { copyText } from '../../util/copy';
import { cx } from '../../util/cx';
import styles from './dashboard.module.css';
import type { DialogName } from './Dialogs';
import { ReadOnly } from './ReadOnly';

interface Props {
  store: DashboardStore;
  state: DashboardState;
  /** Why it can only be read. */
  reason: string | undefined;
  summary: Summary | undefined;
  isEditing: boolean;
  setEditing: (on: boolean) => void;
  setTv: (on: boolean) => void;
  show: (dialog: DialogName) => void;
}

export function HeadButtons({ store, state, reason, summary, isEditing, setEditing, setTv, show }: Props) {
  const clone = useClone(state);
  const { dashboard, history } = state;
  const mayEdit = reason === undefined;
  const items: MenuEntry[] = [
    { label: 'Settings', icon: <Settings />, disabled: !mayEdit, run: () => show('settings') },
    { label: 'Edit permissions…', icon: <ShieldCheck />, disabled: !mayEdit, run: () => show('permissions') },
    { label: 'JSON', icon: <Braces />, run: () => show('json') },
    { label: 'Share…', icon: <Share2 />, shortcut: 's', disabled: summary?.is_built_in ?? false, run: () => share({ kind: 'public', dashboard }) },
    '-',
    { label: 'Clone', icon: <CopyPlus />, run: () => void clone() },
    { label: 'Export JSON', icon: <Download />, run: () => downloadDashboard(dashboard) },
    { label: 'Copy JSON', icon: <Braces />, run: () => void copyText(JSON.stringify(dashboard, null, 2)).then(() => toast('JSON copied')) },
    { label: 'Import widgets', icon: <FileUp />, disabled: !mayEdit, run: () => show('import') },
    '-',
    { label: 'TV mode', icon: <Tv />, shortcut: 'f', run: () => setTv(true) },
    '-',
    { label: 'Delete', icon: <Trash2 />, danger: true, disabled: !mayEdit, run: () => show('delete') },
  ];
  return (
    <>
      <SaveState state={state} />
      {isEditing && (
        <>
          <IconButton label={`Undo${nameOf(history.past.at(-1)?.label)}`} shortcut="Ctrl Z" icon={<Undo2 />} disabled={history.past.length === 0} onClick={() => store.undo()} />
          <IconButton label={`Redo${nameOf(history.future.at(-1)?.label)}`} shortcut="Ctrl Shift Z" icon={<Redo2 />} disabled={history.future.length === 0} onClick={() => store.redo()} />
        </>
      )}
      {typeof dashboard.description === 'string' && dashboard.description.trim() !== '' && (
        <Popover
          label="About this dashboard"
          align="end"
          trigger={
            <button type="button" className={styles.more} aria-label="About this dashboard">
              <Info />
            </button>
          }
        >
          <div className={styles.about}>
            <Markdown blocks={markdownBlocks(dashboard.description)} />
          </div>
        </Popover>
      )}
      <StarButton id={dashboard.id} isOn={summary?.starred ?? false} />
      {(!mayEdit || whoOf(dashboard) !== 'everyone') && (
        <ReadOnly dashboard={dashboard} isPreset={summary?.is_built_in ?? false} reason={reason} onClone={() => void clone()} onPermissions={() => show('permissions')} />
      )}
      {mayEdit && (
        <Button kind={isEditing ? 'primary' : 'plain'} icon={<Pencil />} aria-pressed={isEditing} onClick={() => setEditing(!isEditing)}>
          {isEditing ? 'Done' : 'Edit'}
        </Button>
      )}
      <Menu items={items}>
        <button type="button" className={styles.more} aria-label="Dashboard menu">
          <Ellipsis />
        </button>
      </Menu>
    </>
  );
}

const nameOf = (label: string | undefined) => (label === undefined ? '' : `: ${label}`);

function useClone({ dashboard }: DashboardState): () => Promise<void> {
  const navigate = useNavigate();
  return async () => {
    try {
      const { is_read_only: _, restricted_roles: __, ...content } = contentOf(dashboard);
      const made = await createDashboard({ ...content, title: `${dashboard.title} (cloned)` });
      void queryClient.invalidateQueries({ queryKey: ['dashboards'] });
      await navigate({ to: pathOf(made) as never });
      toast('Cloned: this is the copy');
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), { isError: true });
    }
  };
}

function SaveState({ state }: { state: DashboardState }) {
  const { status } = state;
  if (status === 'saved' && state.history.past.length + state.history.future.length === 0) return null;
  const [text, icon] = {
    saved: ['Saved', <CloudCheck key="i" aria-hidden />] as const,
    dirty: ['Saving…', <LoaderCircle key="i" aria-hidden />] as const,
    saving: ['Saving…', <LoaderCircle key="i" aria-hidden />] as const,
    failed: ['Not saved', <TriangleAlert key="i" aria-hidden />] as const,
    conflict: ['Not saved', <TriangleAlert key="i" aria-hidden />] as const,
  }[status];
  return (
    <span className={cx(styles.saveState, (status === 'failed' || status === 'conflict') && styles.notSaved)} role="status" data-status={status}>
      {icon}
      {text}
    </span>
  );
}
