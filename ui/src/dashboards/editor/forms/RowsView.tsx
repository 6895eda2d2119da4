/** A list of objects: markers, links, conditional formats. */
import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react';

import { Button, IconButton } from '../../../components';
import { isObject } from '../path';
import type { RowsSpec } from './field';
import { FieldView } from './FieldView';
import styles from './form.module.css';

interface Props {
  field: RowsSpec;
  value: unknown;
  set: (next: unknown) => void;
}

const ROWS_MAX = 100;

export function RowsView({ field, value, set }: Props) {
  const rows = Array.isArray(value) ? (value as unknown[]) : [];
  const remove = (at: number) => {
    const rest = rows.filter((_, index) => index !== at);
    set(rest.length === 0 ? undefined : rest);
  };
  const move = (at: number) => {
    const next = [...rows];
    next.splice(at - 1, 2, rows[at], rows[at - 1]);
    set(next);
  };
  return (
    <div className={styles.rows} role="group" aria-label={field.label}>
      {rows.length > 0 && !field.bare && <div className={styles.rowsLabel}>{field.label}</div>}
      {rows.map((row, at) => (
        <div key={at} className={styles.row}>
          <div className={styles.fields}>
            {field.fields.map((inner) => (
              <FieldView key={inner.path} field={inner} scope={isObject(row) ? row : {}} onChange={(next) => set(rows.map((old, index) => (index === at ? next : old)))} />
            ))}
          </div>
          <div className={styles.rowTools}>
            {rows.length > 1 && <IconButton label="Move up" icon={<ArrowUp />} disabled={at === 0} onClick={() => move(at)} />}
            {rows.length > 1 && <IconButton label="Move down" icon={<ArrowDown />} disabled={at === rows.length - 1} onClick={() => move(at + 1)} />}
            <IconButton label={`Remove ${field.label.toLowerCase()} ${at + 1}`} icon={<Trash2 />} onClick={() => remove(at)} />
          </div>
        </div>
      ))}
      <Button kind="ghost" icon={<Plus />} className={styles.add} disabled={rows.length >= ROWS_MAX} onClick={() => set([...rows, field.make()])}>
        {field.add}
      </Button>
      {field.help && rows.length > 0 && <div className={styles.help}>{field.help}</div>}
    </div>
  );
}
