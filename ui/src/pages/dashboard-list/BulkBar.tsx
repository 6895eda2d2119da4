/** What can be done with the selected dashboards. */
import { FolderPlus, ListX, RotateCcw, Star, Trash2 } from 'lucide-react';

import { queryClient } from '../../api';
import { Button, Menu, toast } from '../../components';
import { addToList, deleteDashboards, itemOf, removeFromList, restoreDashboards, star, type ListItem, type ManualList, type Summary } from '../../dashboards/api';
import { bringBack } from './columns';
import styles from './list.module.css';

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
  return (
    <span className={styles.bulk} role="group" aria-label={`${count(rows.length)} selected`}>
      <Button icon={<Star />} onClick={() => void run(() => Promise.all(ids.map((id) => star(id, true))), `${count(ids.length)} starred`)}>
        Star
      </Button>
      {lists.length > 0 && (
        <Menu items={lists.map((list) => ({ label: list.name, run: () => void run(() => addToList(list.id, rows.map(itemOf)), `Added to ${list.name}`) }))}>
          <Button icon={<FolderPlus />}>Add to list</Button>
        </Menu>
      )}
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
