import { ArrowDown, ArrowUp, Columns3 } from 'lucide-react';

import { Button, IconButton, Popover } from '../components';
import styles from './menus.module.css';

interface Props {
  all: readonly { id: string; label: string }[];
  /** Ids in their order. */
  chosen: readonly string[];
  /** What is shown before anyone chose. */
  first: readonly string[];
  onChange: (ids: readonly string[]) => void;
  /** Also what is forgotten by going back to the first columns. */
  onReset?: () => void;
}

/** Which columns a list has, and in what order. */
export function ColumnMenu({ all, chosen, first, onChange, onReset }: Props) {
  const rest = all.filter((column) => !chosen.includes(column.id));
  const labelOf = (id: string) => all.find((column) => column.id === id)?.label ?? id;
  const move = (at: number, step: number) => {
    const next = [...chosen];
    const [id] = next.splice(at, 1);
    if (id !== undefined) next.splice(at + step, 0, id);
    onChange(next);
  };
  const trigger = (
    <Button kind="ghost" icon={<Columns3 />}>
      Columns
    </Button>
  );
  return (
    <Popover trigger={trigger} label="Columns" align="end">
      <ul className={styles.columns}>
        {chosen.map((id, at) => (
          <li key={id} className={styles.column}>
            <label>
              <input type="checkbox" checked disabled={chosen.length === 1} onChange={() => onChange(chosen.filter((other) => other !== id))} />
              {labelOf(id)}
            </label>
            <IconButton label={`Move ${labelOf(id)} up`} icon={<ArrowUp />} disabled={at === 0} onClick={() => move(at, -1)} />
            <IconButton label={`Move ${labelOf(id)} down`} icon={<ArrowDown />} disabled={at === chosen.length - 1} onClick={() => move(at, 1)} />
          </li>
        ))}
        {rest.map((column) => (
          <li key={column.id} className={styles.column}>
            <label>
              <input type="checkbox" checked={false} onChange={() => onChange([...chosen, column.id])} />
              {column.label}
            </label>
          </li>
        ))}
      </ul>
      <Button
        kind="ghost"
        onClick={() => {
          onReset?.();
          onChange(first);
        }}
      >
        As at first
      </Button>
    </Popover>
  );
}
