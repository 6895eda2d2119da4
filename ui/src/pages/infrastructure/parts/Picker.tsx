/** A button that opens a list to choose from, with a search. `max` above 1 allows several, in order. */
import { Check, ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';

import { Button, PickerSearch, Popover, usePicking } from '../../../components';
import picker from '../../../components/picker.module.css';
import { cx } from '../../../util/cx';
import styles from './picker.module.css';

export interface Choice {
  id: string;
  label: string;
  detail?: string;
  /** A heading over the first of each. */
  group?: string;
}

interface Props {
  label: string;
  /** What the button says after the label. */
  text: string;
  choices: readonly Choice[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  max?: number;
  /** Under the list, such as switches. */
  foot?: ReactNode;
  /** Said when nothing is found. */
  none?: string;
}

/** More is not read: typing narrows. */
const SHOWN_MAX = 60;

export function Picker({ label, text, choices, chosen, onChange, max = 1, foot, none = 'Nothing found' }: Props) {
  const picking = usePicking();
  const { isOpen, setOpen, typed, setAt, list, listId } = picking;
  const found = choices.filter((choice) => matches(choice, typed)).slice(0, SHOWN_MAX);
  const current = Math.min(picking.at, found.length - 1);

  const choose = (choice: Choice | undefined) => {
    if (!choice) return;
    if (max === 1) {
      onChange([choice.id]);
      setOpen(false);
      return;
    }
    const kept = chosen.filter((id) => id !== choice.id);
    onChange(kept.length < chosen.length ? kept : [...kept, choice.id].slice(-max));
  };
  const trigger = (
    <Button className={styles.button}>
      <span className={styles.label}>{label}</span>
      <span className={styles.text}>{text}</span>
      <ChevronDown aria-hidden className={styles.arrow} />
    </Button>
  );
  return (
    <Popover trigger={trigger} label={label} open={isOpen} onOpenChange={setOpen}>
      <div className={picker.picker}>
        <PickerSearch picking={picking} label={`${label}: search`} placeholder="Search" current={found[current] && current} onKeyDown={picking.keysOver(found.length, (at) => choose(found[at]))} />
        <ul ref={list} id={listId} role="listbox" aria-label={label} aria-multiselectable={max > 1} className={picker.list} hidden={found.length === 0} tabIndex={-1}>
          {found.map((choice, index) => {
            const place = chosen.indexOf(choice.id);
            const isFirst = choice.group !== undefined && found[index - 1]?.group !== choice.group;
            return (
              <li
                key={choice.id}
                id={`${listId}-${index}`}
                role="option"
                aria-selected={place >= 0}
                className={cx(styles.choice, index === current && styles.current, isFirst && styles.first)}
                data-group={isFirst ? choice.group : undefined}
                onPointerMove={() => setAt(index)}
                onClick={() => choose(choice)}
              >
                <span className={styles.mark}>{place >= 0 && (max > 1 ? place + 1 : <Check aria-hidden />)}</span>
                <span className={styles.choiceText}>{choice.label}</span>
                {choice.detail && <span className={styles.detail}>{choice.detail}</span>}
              </li>
            );
          })}
        </ul>
        {found.length === 0 && <p className={styles.none}>{none}</p>}
        {foot && <div className={styles.foot}>{foot}</div>}
      </div>
    </Popover>
  );
}

function matches({ label, id }: Choice, typed: string): boolean {
  const text = `${label} ${id}`.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
