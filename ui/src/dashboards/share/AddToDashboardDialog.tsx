/** A graph onto another dashboard, or onto a new one. */
import { useQuery } from '@tanstack/react-query';
import { LayoutDashboard, Plus, Search, Star } from 'lucide-react';
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';

import { Dialog, ErrorState, Input, SkeletonRows, toast } from '../../components';
import { cx } from '../../util/cx';
import { deleteDashboards, listDashboards, pathOf } from '../api';
import dialog from '../dialogs/dialogs.module.css';
import type { WidgetDefinition } from '../model';
import { addTo, addToNew, choicesOf, recentIds } from './add-to';
import styles from './share.module.css';

interface Props {
  definition: WidgetDefinition;
  size?: { width: number; height: number } | undefined;
  /** The dashboard that it is on. */
  from?: string | undefined;
  onClose: () => void;
}

const SIZE = { width: 4, height: 2 };
const SHOWN_MAX = 50;
const failed = (error: unknown) => toast(error instanceof Error ? error.message : String(error), { isError: true });

export default function AddToDashboardDialog({ definition, size = SIZE, from, onClose }: Props) {
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState(0);
  const [isBusy, setBusy] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const found = useQuery({ queryKey: ['dashboards', false], queryFn: ({ signal }) => listDashboards({ deleted: false }, signal), staleTime: 30_000 });
  const [last] = useState(recentIds);
  const choices = useMemo(() => choicesOf((found.data ?? []).filter(({ id }) => id !== from), search, last).slice(0, SHOWN_MAX), [found.data, from, search, last]);
  const newTitle = search.trim() === '' ? 'New dashboard' : search.trim();
  const count = choices.length + 1;
  const at = Math.min(chosen, count - 1);

  const run = async (index: number) => {
    if (isBusy) return;
    setBusy(true);
    try {
      const choice = choices[index];
      if (choice) {
        const { dashboard, undo } = await addTo(choice.id, definition, size);
        toast(`Added to ${dashboard.title}`, { link: { label: 'Open', to: pathOf(dashboard) }, undo: () => void undo().catch(failed) });
      } else {
        const made = await addToNew(newTitle, definition, size);
        toast(`Added to ${made.title}`, { link: { label: 'Open', to: pathOf(made) }, undo: () => void deleteDashboards([made.id]).catch(failed) });
      }
      onClose();
    } catch (error) {
      failed(error);
      setBusy(false);
    }
  };
  const move = (to: number) => {
    const next = (to + count) % count;
    setChosen(next);
    list.current?.children[next]?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') move(at + 1);
    else if (event.key === 'ArrowUp') move(at - 1);
    else if (event.key === 'Enter') void run(at);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={`Add ${definition.title ? `“${definition.title}”` : 'the graph'} to a dashboard`} onClose={onClose}>
      <div className={dialog.body}>
        <Input
          icon={<Search />}
          aria-label="Find a dashboard"
          placeholder="Find a dashboard, or name a new one"
          autoFocus
          role="combobox"
          aria-expanded
          aria-controls="add-to-choices"
          aria-activedescendant={`add-to-${at}`}
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
        {found.error ? <ErrorState error={found.error} onRetry={() => void found.refetch()} /> : null}
        {found.isPending && <SkeletonRows rows={5} />}
        <ul ref={list} id="add-to-choices" role="listbox" aria-label="Dashboards" aria-busy={isBusy} className={styles.choices}>
          {choices.map(({ id, title, starred, widgets }, index) => (
            <li key={id} id={`add-to-${index}`} role="option" aria-selected={index === at} className={cx(styles.choice, index === at && styles.chosen)} onPointerMove={() => setChosen(index)} onClick={() => void run(index)}>
              <LayoutDashboard aria-hidden />
              <span className={styles.choiceTitle}>{title}</span>
              {starred && <Star aria-label="Starred" />}
              <span className={styles.faint}>{widgets === undefined ? '' : `${widgets} widget${widgets === 1 ? '' : 's'}`}</span>
            </li>
          ))}
          <li id={`add-to-${choices.length}`} role="option" aria-selected={at === choices.length} className={cx(styles.choice, at === choices.length && styles.chosen)} onPointerMove={() => setChosen(choices.length)} onClick={() => void run(choices.length)}>
            <Plus aria-hidden />
            <span className={styles.choiceTitle}>{search.trim() === '' ? 'New dashboard' : `New dashboard “${newTitle}”`}</span>
          </li>
        </ul>
      </div>
    </Dialog>
  );
}
