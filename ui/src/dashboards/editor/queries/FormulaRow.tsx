/** A calculation with queries. */
import { ArrowDown, ArrowUp, Ellipsis, Trash2 } from 'lucide-react';
import { useState } from 'react';

import { Menu, type MenuEntry } from '../../../components';
import type { Field } from '../forms/field';
import { Functions } from './Functions';
import { shown, written } from './letters';
import styles from './queries.module.css';
import { Alias, FormulaFields } from './QueryRow';
import * as requests from './requests';
import { TextLine } from './TextLine';

interface Props {
  request: requests.Request;
  /** Among all formulas. */
  at: number;
  /** As it is called for screen readers: 1, 2, … */
  number: number;
  letters: ReadonlyMap<string, string>;
  formulaFields: readonly Field[];
  onChange: (request: requests.Request) => void;
}

export function FormulaRow({ request, at, number, letters, formulaFields, onChange }: Props) {
  const all = requests.formulasOf(request);
  const formula = all[at]?.formula ?? '';
  // What is typed stays as typed, also where it could be written another way.
  const [typed, setTyped] = useState('');
  const text = written(typed, letters) === formula && typed !== '' ? typed : shown(formula, letters);
  const set = (next: string) => {
    setTyped(next);
    onChange(requests.setFormula(request, at, { formula: written(next, letters) }));
  };
  const items: MenuEntry[] = [
    { label: 'Move up', icon: <ArrowUp />, disabled: at === 0, run: () => onChange(requests.moveFormula(request, at, -1)) },
    { label: 'Move down', icon: <ArrowDown />, disabled: at === all.length - 1, run: () => onChange(requests.moveFormula(request, at, 1)) },
    '-',
    { label: 'Remove', icon: <Trash2 />, danger: true, run: () => onChange(requests.removeFormula(request, at)) },
  ];
  return (
    <div className={styles.item} role="group" aria-label={`Formula ${number}`}>
      <div className={styles.query}>
        <span className={styles.letter} aria-hidden>
          ƒ
        </span>
        <TextLine label={`Formula ${number}`} text={text} names={[...letters.values()]} onChange={set} />
        <Functions onPick={(name) => set(`${name}(${text})`)} />
        <Menu items={items}>
          <button type="button" className={styles.more} aria-label={`Formula ${number}: more`}>
            <Ellipsis />
          </button>
        </Menu>
      </div>
      <div className={styles.details}>
        <Alias request={request} at={at} label={`Name of formula ${number}`} onChange={onChange} />
      </div>
      <FormulaFields fields={formulaFields} request={request} at={at} onChange={onChange} />
    </div>
  );
}
