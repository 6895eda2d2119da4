/** `Ctrl+K`: go to, do and search everything. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';

import { canRun } from '../actions/action';
import { useAllActions } from '../actions/registry';
import { searchEverything } from '../api/search';
import { Dialog } from '../components/Dialog';
import { cx } from '../util/cx';
import { Keys } from './KeysHelp';
import styles from './overlay.module.css';
import { fit } from './search';

interface Row {
  id: string;
  label: string;
  group: string;
  shortcut?: string | undefined;
  run: () => void;
}

const ROWS_MAX = 50;

export function Palette({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const rows = useRows(typed);
  const at = Math.min(chosen, rows.length - 1);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [at]);

  const run = (row: Row | undefined) => {
    if (!row) return;
    onClose();
    // After the dialog has given the focus back, so that an action can move it.
    setTimeout(row.run);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setChosen((at + step + rows.length) % Math.max(1, rows.length));
    else if (event.key === 'Enter') run(rows[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Search and do" hideTitle onClose={onClose}>
      <input
        autoFocus
        className={styles.search}
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={rows[at] ? `palette-${at}` : undefined}
        aria-label="Search pages, actions, metrics and hosts"
        placeholder="Search pages, actions, metrics, hosts"
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul ref={list} id="palette-list" role="listbox" aria-label="Results" className={styles.results} tabIndex={-1}>
        {rows.map((row, index) => (
          <li
            key={row.id}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === at}
            className={cx(styles.result, index === at && styles.chosen)}
            onPointerMove={() => setChosen(index)}
            onClick={() => run(row)}
          >
            <span className={styles.resultText}>{row.label}</span>
            {row.shortcut ? <Keys text={row.shortcut} /> : <span className={styles.resultGroup}>{row.group}</span>}
          </li>
        ))}
      </ul>
      {rows.length === 0 && <p className={styles.none}>Nothing is called “{typed}”.</p>}
    </Dialog>
  );
}

function useRows(typed: string): Row[] {
  const actions = useAllActions();
  const navigate = useNavigate();
  const query = typed.trim();
  const { data: found } = useQuery({
    queryKey: ['palette', query],
    queryFn: ({ signal }) => searchEverything(query, signal),
    enabled: query.length >= 2,
    placeholderData: (old) => old,
  });
  return useMemo(() => {
    const scored = actions
      .filter((action) => action.id !== 'shell.palette' && canRun(action))
      .map((action) => ({ action, score: Math.max(fit(typed, action.label), fit(typed, action.keywords ?? ' ') * 0.5) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score);
    const rows: Row[] = scored.map(({ action }) => ({ ...action }));
    if (query.length >= 2) {
      for (const hit of found ?? []) {
        rows.push({ id: hit.id, label: hit.label, group: hit.group, run: () => void navigate({ to: hit.to as never, search: hit.search as never }) });
      }
    }
    return rows.slice(0, ROWS_MAX);
  }, [actions, typed, query, found, navigate]);
}
