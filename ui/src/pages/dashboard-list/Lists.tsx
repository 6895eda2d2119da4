/** At the left: the lists that are always there, and those that people made. */
import { Folder, FolderPlus, LayoutDashboard, Link2, Package, Star, Trash2, User, type LucideIcon } from 'lucide-react';
import { useState, type FormEvent } from 'react';

import { queryClient } from '../../api';
import { IconButton, Input, Menu, toast } from '../../components';
import { createList, deleteList, renameList, type ManualList } from '../../dashboards/api';
import { cx } from '../../util/cx';
import styles from './list.module.css';

interface Props {
  current: string;
  counts: Record<string, number>;
  lists: readonly ManualList[];
  onChoose: (list: string) => void;
}

const ENTRIES: readonly [id: string, label: string, icon: LucideIcon][] = [
  ['all', 'All dashboards', LayoutDashboard],
  ['starred', 'Starred', Star],
  ['mine', 'Created by me', User],
  ['shared', 'Shared by link', Link2],
  ['preset', 'Presets', Package],
  ['deleted', 'Recently deleted', Trash2],
];

export function Lists({ current, counts, lists, onChoose }: Props) {
  const [editing, setEditing] = useState<number | 'new' | null>(null);
  const run = async (work: Promise<unknown>) => {
    try {
      await work;
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), { isError: true });
    }
    await queryClient.invalidateQueries({ queryKey: ['dashboard-lists'] });
  };
  const save = (name: string) => {
    const id = editing;
    setEditing(null);
    if (name === '' || id === null) return;
    void run(id === 'new' ? createList(name) : renameList(id, name));
  };
  const remove = (list: ManualList) => {
    if (current === String(list.id)) onChoose('all');
    void run(deleteList(list.id)).then(() => toast(`The list ${list.name} is deleted; its dashboards are not`));
  };
  return (
    <nav className={styles.lists} aria-label="Lists">
      <ul>
        {ENTRIES.map(([id, label, Icon]) => (
          <li key={id}>
            <button type="button" className={cx(styles.list, current === id && styles.here)} aria-current={current === id || undefined} onClick={() => onChoose(id)}>
              <Icon aria-hidden />
              <span className={styles.listName}>{label}</span>
              {counts[id] !== undefined && <span className={styles.listCount}>{counts[id]}</span>}
            </button>
          </li>
        ))}
      </ul>
      <div className={styles.listsHead}>
        <h2>Lists</h2>
        <IconButton label="New list" icon={<FolderPlus />} onClick={() => setEditing('new')} />
      </div>
      <ul>
        {editing === 'new' && (
          <li>
            <NameField value="" onSave={save} />
          </li>
        )}
        {lists.map((list) => (
          <li key={list.id} className={styles.own}>
            {editing === list.id ? (
              <NameField value={list.name} onSave={save} />
            ) : (
              <>
                <button type="button" className={cx(styles.list, current === String(list.id) && styles.here)} aria-current={current === String(list.id) || undefined} onClick={() => onChoose(String(list.id))}>
                  <Folder aria-hidden />
                  <span className={styles.listName}>{list.name}</span>
                  <span className={styles.listCount}>{list.dashboard_count ?? ''}</span>
                </button>
                <Menu
                  items={[
                    { label: 'Rename', run: () => setEditing(list.id) },
                    { label: 'Delete the list', danger: true, run: () => remove(list) },
                  ]}
                >
                  <button type="button" className={styles.listMenu} aria-label={`Menu of the list ${list.name}`}>
                    ⋯
                  </button>
                </Menu>
              </>
            )}
          </li>
        ))}
        {lists.length === 0 && editing === null && <li className={styles.noLists}>Lists gather dashboards of a team or a topic.</li>}
      </ul>
    </nav>
  );
}

function NameField({ value, onSave }: { value: string; onSave: (name: string) => void }) {
  const [name, setName] = useState(value);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave(name.trim());
  };
  return (
    <form onSubmit={submit} className={styles.nameField}>
      <Input
        autoFocus
        aria-label="Name of the list"
        value={name}
        maxLength={120}
        onChange={(event) => setName(event.currentTarget.value)}
        onBlur={() => onSave(name.trim())}
        onKeyDown={(event) => event.key === 'Escape' && onSave('')}
      />
    </form>
  );
}
