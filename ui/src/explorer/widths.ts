/** Widths of columns that a person dragged, as the browser keeps them. */
import { useCallback, useMemo } from 'react';

import { stored, type Stored } from '../util/storage';
import { useStored } from '../util/use-stored';

export type Widths = Readonly<Record<string, number>>;

const items = new Map<string, Stored>();

function itemOf(name: string): Stored {
  let item = items.get(name);
  if (!item) {
    item = stored(`procyon.widths.${name}`, '{}');
    items.set(name, item);
  }
  return item;
}

/** The widths of a list, a way to set one, and a way to forget all. */
export function useWidths(name: string): [Widths, (id: string, width: number) => void, () => void] {
  const [text, setText] = useStored(itemOf(name));
  const widths = useMemo(() => readWidths(text), [text]);
  const set = useCallback((id: string, width: number) => setText(JSON.stringify({ ...readWidths(itemOf(name).get()), [id]: width })), [name, setText]);
  const reset = useCallback(() => setText('{}'), [setText]);
  return [widths, set, reset];
}

export function readWidths(text: string): Widths {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] > 0));
  } catch {
    return {};
  }
}

export function withWidths<Column extends { id: string }>(columns: readonly Column[], widths: Widths): Column[] {
  return columns.map((column) => {
    const width = widths[column.id];
    return width === undefined ? column : { ...column, width: `${width}px` };
  });
}
