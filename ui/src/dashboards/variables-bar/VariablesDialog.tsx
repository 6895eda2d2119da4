import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';

import { Button, Dialog, IconButton, Input } from '../../components';
import type { TemplateVariable } from '../model';
import dialog from '../dialogs/dialogs.module.css';
import { emptyRow, mistakeOf, rowOf, variableOf, type Row } from './rows';
import styles from './variables.module.css';

interface Props {
  declared: readonly TemplateVariable[];
  onSave: (declared: TemplateVariable[]) => void;
  onClose: () => void;
}

const VARIABLES_MAX = 50;

const FIELDS = [
  ['name', 'Name', 'env'],
  ['prefix', 'Tag key', 'env'],
  ['defaults', 'Default values', '*'],
  ['available', 'Limited to', 'any value'],
] as const;

/** Adds, changes, orders and removes the variables of a dashboard. */
export function VariablesDialog({ declared, onSave, onClose }: Props) {
  const [rows, setRows] = useState<Row[]>(() => (declared.length === 0 ? [emptyRow()] : declared.map(rowOf)));
  const set = (key: number, patch: Partial<Row>) => setRows(rows.map((row) => (row.key === key ? { ...row, ...patch } : row)));
  const used = rows.filter((row) => row.name.trim() !== '' || row.prefix.trim() !== '');
  const mistake = used.map((row) => mistakeOf(row, used)).find((text) => text !== undefined);
  const save = () => {
    onSave(used.map(variableOf));
    onClose();
  };
  return (
    <Dialog title="Template variables" size="wide" onClose={onClose}>
      <div className={dialog.body}>
        <p className={dialog.text}>
          In a query, <code>$name</code> becomes the tag with the chosen value, <code>$name.value</code> the value alone. Several values are separated by commas.
        </p>
        <div className={styles.rows}>
          <div className={styles.rowHead} aria-hidden>
            {FIELDS.map(([field, label]) => (
              <span key={field}>{label}</span>
            ))}
          </div>
          {rows.map((row, at) => (
            <div key={row.key} className={styles.row}>
              {FIELDS.map(([field, label, example]) => (
                <Input
                  key={field}
                  aria-label={`${label} of variable ${at + 1}`}
                  value={row[field]}
                  placeholder={example}
                  spellCheck={false}
                  autoComplete="off"
                  autoFocus={field === 'name' && at === rows.length - 1 && row.origin === undefined}
                  onChange={(event) => {
                    const text = event.currentTarget.value;
                    // The name is the tag's, most often.
                    const follows = field === 'name' && row.origin === undefined && (row.prefix === row.name || row.prefix === '');
                    set(row.key, { [field]: text, ...(follows ? { prefix: text } : {}) });
                  }}
                />
              ))}
              <IconButton label={`Remove variable ${row.name}`} icon={<Trash2 />} onClick={() => setRows(rows.filter(({ key }) => key !== row.key))} />
            </div>
          ))}
        </div>
        <div>
          <Button kind="ghost" icon={<Plus />} disabled={rows.length >= VARIABLES_MAX} onClick={() => setRows([...rows, emptyRow()])}>
            Add variable
          </Button>
        </div>
        {mistake && (
          <p role="alert" className={styles.error}>
            {mistake}
          </p>
        )}
        <div className={dialog.actions}>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" disabled={mistake !== undefined} onClick={save}>
            Save
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
