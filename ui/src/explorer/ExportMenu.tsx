import { Download } from 'lucide-react';

import { Button, Menu } from '../components';
import { csvOf } from './csv';

export interface ExportColumn<Item> {
  id: string;
  value: (item: Item) => string | number | null | undefined;
}

interface Props<Item> {
  /** Of the file, without its ending. */
  name: string;
  rows: readonly Item[];
  columns: readonly ExportColumn<Item>[];
}

/** What is listed, as a file. */
export function ExportMenu<Item>({ name, rows, columns }: Props<Item>) {
  const disabled = rows.length === 0;
  const csv = () => save(`${name}.csv`, 'text/csv', csvOf(columns.map((column) => column.id), rows.map((row) => columns.map((column) => column.value(row)))));
  const json = () => save(`${name}.json`, 'application/json', JSON.stringify(rows, null, 2));
  return (
    <Menu items={[{ label: 'CSV', disabled, run: csv }, { label: 'JSON', disabled, run: json }]}>
      <Button kind="ghost" icon={<Download />}>
        Export
      </Button>
    </Menu>
  );
}

function save(name: string, type: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
