import { useState, type FormEvent } from 'react';

import { Button, Dialog, Select } from '../../components';
import styles from '../dialogs/dialogs.module.css';
import type { Dashboard, DashboardTab } from '../model';
import { tabsOf, widgetsOfTab } from './tabs';

interface Props {
  dashboard: Dashboard;
  tab: DashboardTab;
  /** The tab that gets its widgets; undefined when they are deleted as well. */
  onRemove: (into: string | undefined) => void;
  onClose: () => void;
}

/** A tab that has widgets: what becomes of them. */
export function RemoveTabDialog({ dashboard, tab, onRemove, onClose }: Props) {
  const others = tabsOf(dashboard).filter(({ id }) => id !== tab.id);
  const [isKept, setKept] = useState(true);
  const [into, setInto] = useState(others[0]?.id ?? '');
  const count = widgetsOfTab(dashboard, tab.id).length;
  const widgets = count === 1 ? 'its widget' : `its ${count} widgets`;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onRemove(isKept ? into : undefined);
    onClose();
  };
  return (
    <Dialog title={`Delete the tab ${tab.name}?`} onClose={onClose}>
      <form className={styles.body} onSubmit={submit}>
        <div className={styles.choice} role="radiogroup" aria-label="Its widgets">
          <label>
            <input type="radio" name="kept" checked={isKept} onChange={() => setKept(true)} />
            <span>
              Move {widgets} to another tab
              <small>They stand below what is there</small>
            </span>
          </label>
          <label>
            <input type="radio" name="kept" checked={!isKept} onChange={() => setKept(false)} />
            <span>
              Delete {widgets} as well
              <small>Undo brings them back</small>
            </span>
          </label>
        </div>
        {isKept && others.length > 1 && <Select aria-label="The tab that gets them" options={others.map(({ id, name }) => ({ value: id, label: name }))} value={into} onChange={setInto} />}
        <div className={styles.actions}>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" type="submit">
            Delete tab
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
