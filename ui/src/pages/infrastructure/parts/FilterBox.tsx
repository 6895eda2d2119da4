/**
 * The filter of hosts: typed text that narrows at once, with tags offered by how many hosts have
 * them. `Tab` or a click takes an offer, `Esc` leaves.
 */
import { Filter, X } from 'lucide-react';
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';

import { useActions } from '../../../actions';
import { IconButton } from '../../../components';
import { cx } from '../../../util/cx';
import { finished, offers, replaceWord, wordAt } from './offers';
import styles from './filter.module.css';

interface Props {
  value: string;
  onChange: (value: string) => void;
  /** Tags and how many hosts have each, most first. */
  tags: ReadonlyMap<string, number>;
  placeholder?: string;
}

/** Typing is over when it pauses. */
const PAUSE_MS = 200;

export function FilterBox({ value, onChange, tags, placeholder = 'Filter by name or tag: env:prod, role:web*, -team:a' }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState(value);
  const [caret, setCaret] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const listId = useId();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const change = useRef(onChange);
  useEffect(() => {
    change.current = onChange;
  });
  const told = useRef(value);
  const tell = (next: string) => {
    clearTimeout(timer.current);
    told.current = next;
    change.current(next);
  };
  // The address may change by itself: back, a click on a tag.
  useEffect(() => {
    if (value !== told.current) setDraft(value);
    told.current = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useActions([{ id: 'filter.focus', label: 'Filter hosts', group: 'Page', shortcut: '/', keywords: 'search tag', run: () => input.current?.focus() }]);

  const word = wordAt(draft, caret);
  const found = useMemo(() => (isOpen ? offers(tags, word.text) : []), [isOpen, tags, word.text]);

  const edit = (text: string, at: number, now = false) => {
    setDraft(text);
    setCaret(at);
    setChosen(-1);
    clearTimeout(timer.current);
    if (now) tell(text.trim());
    else timer.current = setTimeout(() => tell(finished(text, at, tags)), PAUSE_MS);
  };
  const take = (tag: string) => {
    const next = replaceWord(draft, word, tag);
    edit(next.text, next.caret, true);
    requestAnimationFrame(() => input.current?.setSelectionRange(next.caret, next.caret));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      setOpen(true);
      setChosen((at) => Math.max(-1, Math.min(found.length - 1, at + step)));
    } else if (event.key === 'Enter' || (event.key === 'Tab' && found.length > 0 && word.text !== '' && !event.shiftKey)) {
      const tag = found[event.key === 'Tab' ? Math.max(0, chosen) : chosen]?.tag;
      if (tag !== undefined && tag !== word.bare) take(tag);
      else if (event.key === 'Tab') return;
      else edit(draft, caret, true);
      setOpen(event.key === 'Tab');
    } else if (event.key === 'Escape') {
      if (isOpen && found.length > 0) setOpen(false);
      else event.currentTarget.blur();
    } else return;
    event.preventDefault();
  };
  return (
    <div className={styles.filter}>
      <div className={styles.box}>
        <Filter aria-hidden />
        <input
          ref={input}
          className={styles.input}
          role="combobox"
          aria-label="Filter hosts"
          aria-expanded={found.length > 0}
          aria-controls={listId}
          aria-activedescendant={chosen >= 0 ? `${listId}-${chosen}` : undefined}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          value={draft}
          onChange={(event) => {
            edit(event.currentTarget.value, event.currentTarget.selectionStart ?? 0);
            setOpen(true);
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
          onFocus={() => setOpen(true)}
          onBlur={() => {
            setOpen(false);
            if (draft.trim() !== value) tell(draft.trim());
          }}
          onKeyDown={onKeyDown}
        />
        {draft !== '' && <IconButton className={styles.clear} label="Clear the filter" icon={<X />} onClick={() => edit('', 0, true)} />}
      </div>
      <ul id={listId} role="listbox" aria-label="Tags" className={styles.list} hidden={found.length === 0}>
        {found.map(({ tag, count }, at) => (
          <li
            key={tag}
            id={`${listId}-${at}`}
            role="option"
            aria-selected={at === chosen}
            className={cx(styles.offer, at === chosen && styles.chosen)}
            // Before the field loses the focus.
            onPointerDown={(event) => {
              event.preventDefault();
              take(tag);
            }}
          >
            <span className={styles.tag}>{tag}</span>
            <span className={styles.count}>{count.toLocaleString('en-US')}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
