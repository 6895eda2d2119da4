/** A note in which `@` offers people. */
import { useQuery } from '@tanstack/react-query';
import { useId, useRef, useState, type KeyboardEvent } from 'react';

import { Field } from '../../components';
import { cx } from '../../util/cx';
import { people } from './api';
import { fitting, mentionAt, withMention, type Person } from './mentions';
import styles from './share.module.css';

interface Props {
  value: string;
  help: string;
  onChange: (note: string) => void;
}

export function NoteField({ value, help, onChange }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const [caret, setCaret] = useState(0);
  const [chosen, setChosen] = useState(0);
  const [isClosed, setClosed] = useState(false);
  const all = useQuery({ queryKey: ['people'], queryFn: ({ signal }) => people(signal), staleTime: 60_000 });
  const mention = mentionAt(value, caret);
  const offers = mention && !isClosed ? fitting(all.data ?? [], mention.typed) : [];
  const at = Math.min(chosen, offers.length - 1);
  const pick = (person: Person) => {
    if (!mention) return;
    const next = withMention(value, caret, mention.from, person);
    onChange(next.text);
    setCaret(next.caret);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(next.caret, next.caret);
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const person = offers[at];
    if (!person || event.ctrlKey || event.metaKey) return;
    if (event.key === 'ArrowDown') setChosen((at + 1) % offers.length);
    else if (event.key === 'ArrowUp') setChosen((at + offers.length - 1) % offers.length);
    else if (event.key === 'Enter' || event.key === 'Tab') pick(person);
    else if (event.key === 'Escape') setClosed(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <Field label="Note" help={help}>
      {({ id, describedBy }) => (
        <div className={styles.note}>
          <textarea
            ref={area}
            id={id}
            aria-describedby={describedBy}
            className={styles.area}
            rows={3}
            placeholder="What is to be seen here? @ names people."
            value={value}
            role="combobox"
            aria-autocomplete="list"
            aria-expanded={offers.length > 0}
            aria-controls={offers.length > 0 ? listId : undefined}
            aria-activedescendant={offers.length > 0 ? `${listId}-${at}` : undefined}
            onKeyDown={onKeyDown}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
            onChange={(event) => {
              setClosed(false);
              setChosen(0);
              setCaret(event.currentTarget.selectionStart);
              onChange(event.currentTarget.value);
            }}
          />
          {offers.length > 0 && (
            <ul id={listId} role="listbox" aria-label="People" className={styles.people}>
              {offers.map((person, index) => (
                <li
                  key={person.handle}
                  id={`${listId}-${index}`}
                  role="option"
                  aria-selected={index === at}
                  className={cx(index === at && styles.chosen)}
                  onPointerDown={(event) => {
                    event.preventDefault();
                    pick(person);
                  }}
                >
                  {person.name !== '' && <b>{person.name}</b>} <span>{person.handle}</span>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </Field>
  );
}
