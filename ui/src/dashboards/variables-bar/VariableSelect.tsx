/** One variable: its name, its values, and a list to choose them from. */
import { Check, ChevronDown } from 'lucide-react';

import { PickerSearch, Popover, usePicking } from '../../components';
import picker from '../../components/picker.module.css';
import { cx } from '../../util/cx';
import type { Dashboard, TemplateVariable } from '../model';
import { defaultsOf } from '../variables';
import { useTagValues } from './use-tag-values';
import styles from './variables.module.css';

interface Props {
  variable: TemplateVariable;
  dashboard: Pick<Dashboard, 'widgets'>;
  chosen: readonly string[];
  /** Undefined: the default again. */
  onChange: (values: readonly string[] | undefined) => void;
}

const SHOWN_MAX = 100;

export function VariableSelect({ variable, dashboard, chosen, onChange }: Props) {
  const picking = usePicking();
  const { isOpen, setOpen, typed, setAt, list, listId } = picking;
  const { values, isLoading } = useTagValues(variable, dashboard, typed, isOpen);
  const isDefault = chosen === defaultsOf(variable) || chosen.join() === defaultsOf(variable).join();
  const needle = typed.trim().toLowerCase();
  // What is chosen comes first, so that it can be taken away.
  const known = [...new Set([...chosen.filter((value) => value !== '*'), ...values])].filter((value) => value.toLowerCase().includes(needle.replaceAll('*', '')));
  const isNew = needle !== '' && !known.includes(typed.trim()) && (variable.available_values ?? []).length === 0;
  const choices = [...(needle === '' ? ['*'] : []), ...(isNew ? [typed.trim()] : []), ...known].slice(0, SHOWN_MAX);
  const current = Math.min(picking.at, choices.length - 1);

  const choose = (value: string | undefined, isMore: boolean) => {
    if (value === undefined) return;
    const rest = chosen.filter((one) => one !== '*');
    if (value === '*' || !isMore) {
      onChange(value === '*' ? ['*'] : [value]);
      if (!isMore) setOpen(false);
      return;
    }
    const without = rest.filter((one) => one !== value);
    const next = without.length < rest.length ? without : [...rest, value];
    onChange(next.length === 0 ? ['*'] : next);
  };
  const onKeyDown = picking.keysOver(choices.length, (at, event) => choose(choices[at], event.ctrlKey || event.metaKey || event.shiftKey));
  const trigger = (
    <button type="button" className={cx(styles.select, !isDefault && styles.changed)} title={`${variable.name}: ${chosen.join(', ')}`}>
      <span className={styles.name}>{variable.name}</span>
      <span className={styles.value}>{textOf(chosen)}</span>
      <ChevronDown aria-hidden />
    </button>
  );
  return (
    <Popover trigger={trigger} label={`Values of ${variable.name}`} open={isOpen} onOpenChange={setOpen}>
      <div className={picker.picker}>
        <PickerSearch picking={picking} label={`Search values of ${variable.name}`} placeholder={variable.prefix ? `${variable.prefix}:…` : 'Text'} current={choices[current] === undefined ? undefined : current} onKeyDown={onKeyDown} />
        <ul ref={list} id={listId} role="listbox" aria-multiselectable aria-label={`Values of ${variable.name}`} className={picker.list} tabIndex={-1}>
          {choices.map((value, index) => (
            <li
              key={value}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={chosen.includes(value)}
              className={cx(styles.choice, index === current && styles.current)}
              onPointerMove={() => setAt(index)}
              onClick={(event) => choose(value, event.ctrlKey || event.metaKey || event.shiftKey || (event.target as Element).closest('[data-box]') !== null)}
            >
              <span data-box className={cx(styles.box, chosen.includes(value) && styles.checked)}>
                {chosen.includes(value) && <Check aria-hidden />}
              </span>
              <span className={styles.choiceText}>{value === '*' ? 'All (*)' : value}</span>
            </li>
          ))}
        </ul>
        {choices.length <= 1 && needle === '' && <p className={styles.note}>{isLoading ? 'Looking for values…' : variable.prefix ? `No tag ${variable.prefix} on what this dashboard draws` : 'Type a text'}</p>}
        <div className={styles.foot}>
          <span>Box or Ctrl: several</span>
          {!isDefault && (
            <button type="button" className={styles.link} onClick={() => onChange(undefined)}>
              Default: {textOf(defaultsOf(variable))}
            </button>
          )}
        </div>
      </div>
    </Popover>
  );
}

export function textOf(values: readonly string[]): string {
  const [first = '*'] = values;
  return values.length > 1 ? `${first} + ${values.length - 1}` : first;
}
