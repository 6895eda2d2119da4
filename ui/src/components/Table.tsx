/**
 * A table of any length: only rows in view are in the document. Sorted by a click on a heading;
 * `j` `k` move, `Enter` opens, `x` selects. Sort and open row are the caller's, to be in the address.
 */
import { getCoreRowModel, getSortedRowModel, useReactTable, flexRender, type ColumnDef, type Row, type SortingState } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';

import { cx } from '../util/cx';
import { clampWidth, ColumnGrip } from './ColumnGrip';
import styles from './table.module.css';

export interface Column<T> {
  id: string;
  header: ReactNode;
  /** What is sorted by and, without `cell`, shown. */
  value: (row: T) => string | number | null | undefined;
  cell?: (row: T) => ReactNode;
  /** A track of CSS grid: `120px`, `minmax(160px, 2fr)`. */
  width?: string;
  align?: 'left' | 'right';
  sortable?: boolean;
}

interface Props<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowId: (row: T) => string;
  /** `name`, `-name` for descending. */
  sort?: string;
  onSort?: (sort: string) => void;
  onOpen?: (row: T) => void;
  /** The row whose panel is open. */
  openId?: string | undefined;
  /** With it columns can be made wider and narrower; the caller keeps the widths, in pixels. */
  onResize?: (id: string, width: number) => void;
  /** Ids that are selected; with `onSelect` rows get a box. */
  selected?: ReadonlySet<string>;
  onSelect?: (selected: ReadonlySet<string>) => void;
  rowHeight?: number;
  /** Shown in place of rows. */
  empty?: ReactNode;
  /** Old rows while new ones load. */
  dimmed?: boolean;
}

const OVERSCAN = 12;

export function Table<T>(props: Props<T>) {
  const { columns, rows, rowId, sort = '', onSort, onOpen, selected, onSelect, rowHeight = 32 } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState(0);
  // Same rows, same model: what is new on each render would be sorted anew each time.
  const sorting = useMemo<SortingState>(() => (sort === '' ? [] : [{ id: sort.replace(/^-/, ''), desc: sort.startsWith('-') }]), [sort]);
  const definitions = useMemo(() => columns.map(definition), [columns]);
  const table = useReactTable({
    data: rows as T[],
    columns: definitions,
    state: { sorting },
    // There are no pages; going back to the first one would render again, and again.
    autoResetAll: false,
    getRowId: rowId,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  });
  const sorted = table.getRowModel().rows;
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
  });
  useEffect(() => setFocused((at) => Math.min(at, Math.max(0, sorted.length - 1))), [sorted.length]);

  const toggle = (id: string) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    onSelect?.(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = sorted[focused];
    const to = { j: focused + 1, ArrowDown: focused + 1, k: focused - 1, ArrowUp: focused - 1, Home: 0, End: sorted.length - 1 }[event.key];
    if (to !== undefined) {
      const at = Math.max(0, Math.min(sorted.length - 1, to));
      setFocused(at);
      virtual.scrollToIndex(at);
    } else if (event.key === 'Enter' && row) onOpen?.(row.original);
    else if (event.key === 'x' && row && onSelect) toggle(row.id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const template = [onSelect ? '32px' : '', ...columns.map(({ width }) => width ?? 'minmax(80px, 1fr)')].join(' ');
  const activeRow = sorted[focused];
  return (
    <div
      ref={scroller}
      className={cx(styles.scroller, props.dimmed && styles.dimmed)}
      role="grid"
      aria-label={props.label}
      aria-rowcount={sorted.length + 1}
      aria-activedescendant={activeRow ? domId(props.label, activeRow.id) : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div role="row" className={styles.head} style={{ gridTemplateColumns: template }} aria-rowindex={1}>
        {onSelect && <SelectAll ids={sorted.map(({ id }) => id)} selected={selected} onSelect={onSelect} />}
        {columns.map((column) => (
          <Heading key={column.id} column={column} sort={sort} onSort={onSort} onResize={props.onResize} />
        ))}
      </div>
      {sorted.length === 0 && props.empty !== undefined && (
        <div role="row" aria-rowindex={2}>
          <div role="gridcell">{props.empty}</div>
        </div>
      )}
      <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = sorted[item.index];
          if (!row) return null;
          return (
            <div
              key={row.id}
              id={domId(props.label, row.id)}
              role="row"
              aria-rowindex={item.index + 2}
              aria-selected={onSelect ? selected?.has(row.id) : row.id === props.openId}
              className={cx(
                styles.row,
                onOpen && styles.opens,
                item.index === focused && styles.focused,
                (row.id === props.openId || selected?.has(row.id)) && styles.open,
              )}
              style={{ gridTemplateColumns: template, height: rowHeight, transform: `translateY(${item.start}px)` }}
              onClick={(event) => {
                setFocused(item.index);
                // Buttons and links in a row do their own thing.
                if (!(event.target as HTMLElement).closest('button, a, input')) onOpen?.(row.original);
              }}
            >
              {onSelect && (
                <span role="gridcell" className={styles.box}>
                  <input type="checkbox" tabIndex={-1} aria-label="Select" checked={selected?.has(row.id) ?? false} onChange={() => toggle(row.id)} />
                </span>
              )}
              {row.getVisibleCells().map((cell) => (
                <span key={cell.id} role="gridcell" className={cx(styles.cell, columnOf(columns, cell.column.id)?.align === 'right' && styles.right)}>
                  {flexRender(cell.column.columnDef.cell, cell.getContext())}
                </span>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface SelectAllProps {
  ids: readonly string[];
  selected: ReadonlySet<string> | undefined;
  onSelect: (selected: ReadonlySet<string>) => void;
}

/** All rows that are shown, or none of them; what is selected and not shown stays. */
function SelectAll({ ids, selected, onSelect }: SelectAllProps) {
  const count = ids.filter((id) => selected?.has(id)).length;
  const isAll = count > 0 && count === ids.length;
  const toggle = () => {
    const next = new Set(selected);
    for (const id of ids) {
      if (isAll) next.delete(id);
      else next.add(id);
    }
    onSelect(next);
  };
  return (
    <span role="columnheader" className={styles.box}>
      <input
        type="checkbox"
        aria-label="Select all"
        disabled={ids.length === 0}
        checked={isAll}
        ref={(box) => {
          if (box) box.indeterminate = count > 0 && !isAll;
        }}
        onChange={toggle}
      />
    </span>
  );
}

function columnOf<T>(columns: readonly Column<T>[], id: string): Column<T> | undefined {
  return columns.find((column) => column.id === id);
}

function domId(label: string, row: string): string {
  return `row-${label}-${row}`.replace(/\s/g, '-');
}

function definition<T>(column: Column<T>): ColumnDef<T> {
  return {
    id: column.id,
    accessorFn: (row: T) => column.value(row) ?? undefined,
    sortUndefined: 'last',
    sortingFn: compare,
    cell: ({ row }) => (column.cell ? column.cell(row.original) : (column.value(row.original) ?? '')),
  };
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Numbers by size, text as people read it: `web-2` before `web-10`. */
function compare<T>(a: Row<T>, b: Row<T>, id: string): number {
  const [x, y] = [a.getValue(id), b.getValue(id)];
  return typeof x === 'number' && typeof y === 'number' ? x - y : collator.compare(String(x), String(y));
}

interface HeadingProps<T> {
  column: Column<T>;
  sort: string;
  onSort: ((sort: string) => void) | undefined;
  onResize: ((id: string, width: number) => void) | undefined;
}

const STEP_PX = 16;

function Heading<T>({ column, sort, onSort, onResize }: HeadingProps<T>) {
  const direction = sort === column.id ? 'ascending' : sort === `-${column.id}` ? 'descending' : 'none';
  const className = cx(styles.cell, column.align === 'right' && styles.right, onResize && styles.resizable);
  const grip = onResize && <ColumnGrip label={column.id} onResize={(width) => onResize(column.id, width)} />;
  if (!onSort || column.sortable === false) {
    return (
      <span role="columnheader" className={className}>
        {column.header}
        {grip}
      </span>
    );
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowLeft: -STEP_PX, ArrowRight: STEP_PX }[event.key];
    const width = event.currentTarget.parentElement?.getBoundingClientRect().width;
    if (!onResize || !event.altKey || step === undefined || width === undefined) return;
    event.preventDefault();
    onResize(column.id, clampWidth(width + step));
  };
  return (
    <span role="columnheader" aria-sort={direction} className={className}>
      <button type="button" className={styles.heading} onKeyDown={onKeyDown} onClick={() => onSort(direction === 'ascending' ? `-${column.id}` : column.id)}>
        {column.header}
        <span aria-hidden className={styles.arrow}>
          {direction === 'ascending' ? '↑' : direction === 'descending' ? '↓' : ''}
        </span>
      </button>
      {grip}
    </span>
  );
}
