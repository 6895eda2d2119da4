/** What can be done with the selected dashboards. */
import { FolderPlus, ListX, RotateCcw, Star, StarOff, Trash2 } from 'lucide-react';
import { useState } from 'react';

import { queryClient } from '../../api';
import { Button, Menu, toast } from '../../components';
import { addToList, createList, deleteDashboards, itemOf, removeFromList, restoreDashboards, star, type ListItem, type ManualList, type Summary } from '../../dashboards/api';
import { bringBack } from './columns';
import styles from './list.module.css';
import { NewListDialog } from './NewListDialog';

interface Props {
  rows: readonly Summary[];
  isDeleted: boolean;
  lists: readonly ManualList[];
  /** The list that is shown, and what is in it. */
  listId: number | undefined;
  items: readonly ListItem[];
  onDone: () => void;
}

export function BulkBar({ rows, isDeleted, lists, listId, items, onDone }: Props) {
  const [isNaming, setNaming] = useState(false);
  const ids = rows.map(({ id }) => id);
  const own = rows.filter((row) => row.is_built_in !== true).map(({ id }) => id);
  const run = async (work: () => Promise<unknown>, text: string, undo?: () => void) => {
    try {
      await work();
      toast(text, undo ? { undo } : {});
      onDone();
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), { isError: true });
    }
    await Promise.all([queryClient.invalidateQueries({ queryKey: ['dashboards'] }), queryClient.invalidateQueries({ queryKey: ['dashboard-lists'] })]);
  };
  const count = (n: number) => `${n} dashboard${n === 1 ? '' : 's'}`;
  if (isDeleted) {
    return (
      <span className={styles.bulk}>
        <Button icon={<RotateCcw />} onClick={() => void bringBack(rows).then(onDone)}>
          Restore {rows.length}
        </Button>
      </span>
    );
  }
  const remove = () => {
    const undo = () => void restoreDashboards(own).then(() => queryClient.invalidateQueries({ queryKey: ['dashboards'] }));
    void run(() => deleteDashboards(own), `${count(own.length)} deleted`, undo);
  };
  const isStarred = rows.every((row) => row.starred === true);
  const listEntries = lists.map((list) => ({ key: String(list.id), label: list.name, run: () => void run(() => addToList(list.id, rows.map(itemOf)), `Added to ${list.name}`) }));
  const addToNew = (name: string) => void run(async () => addToList((await createList(name)).id, rows.map(itemOf)), `Added to ${name}`);
  return (
    <span className={styles.bulk} role="group" aria-label={`${count(rows.length)} selected`}>
      <span className={styles.chosen}>{rows.length} selected</span>
      <Button icon={isStarred ? <StarOff /> : <Star />} onClick={() => void run(() => Promise.all(ids.map((id) => star(id, !isStarred))), `${count(ids.length)} ${isStarred ? 'unstarred' : 'starred'}`)}>
        {isStarred ? 'Unstar' : 'Star'}
      </Button>
      <Menu items={[...listEntries, ...(listEntries.length > 0 ? (['-'] as const) : []), { label: 'New list…', icon: <FolderPlus />, run: () => setNaming(true) }]}>
        <Button icon={<FolderPlus />}>Add to list</Button>
      </Menu>
      {isNaming && <NewListDialog text={count(rows.length)} onMake={addToNew} onClose={() => setNaming(false)} />}
      {listId !== undefined && (
        <Button icon={<ListX />} onClick={() => void run(() => removeFromList(listId, items.filter(({ id }) => ids.includes(id))), 'Removed from the list')}>
          Remove from list
        </Button>
      )}
      <Button kind="danger" icon={<Trash2 />} disabled={own.length === 0} onClick={remove}>
        Delete {own.length}
      </Button>
    </span>
  );
}
