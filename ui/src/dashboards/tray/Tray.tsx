/**
 * The kinds of widgets: drag one onto the dashboard, or click it (or `Enter`) to add it at the first
 * free place.
 */
import { Search, X } from 'lucide-react';
import { useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';

import { IconButton, Input } from '../../components';
import { KINDS, type WidgetKind } from '../../widgets/registry';
import { useDrag } from '../grid/drag';
import { newId } from '../ids';
import type { Widget } from '../model';
import { Carried } from './Carried';
import { iconOf } from './icons';
import { groupsOf } from './kinds';
import styles from './tray.module.css';

export interface TrayProps {
  onAdd: (widget: Widget) => void;
  onClose: () => void;
}

export default function Tray({ onAdd, onClose }: TrayProps) {
  const [drag, state] = useDrag();
  const [search, setSearch] = useState('');
  const [carried, setCarried] = useState<{ kind: WidgetKind; x: number; y: number } | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const groups = useMemo(() => groupsOf(KINDS, search), [search]);
  const make = (kind: WidgetKind): Widget => ({ id: newId(), definition: kind.make() });
  const add = (kind: WidgetKind) => onAdd({ ...make(kind), layout: { x: 0, y: 0, ...kind.size } });
  const start = (kind: WidgetKind) => (event: PointerEvent) => {
    if (event.button !== 0 || !drag) return;
    // Text of the page would be selected on the way.
    event.preventDefault();
    (event.currentTarget as HTMLElement).focus({ preventScroll: true });
    setCarried({ kind, x: event.clientX, y: event.clientY });
    drag.startNew(event.nativeEvent, () => make(kind), kind.size);
  };
  const first = groups[0]?.kinds[0];
  return (
    <aside className={styles.tray} aria-label="Widgets to add">
      <header className={styles.head}>
        <h2>Add widgets</h2>
        <IconButton label="Close the tray" icon={<X />} onClick={onClose} />
      </header>
      <div className={styles.search}>
        <Input
          icon={<Search />}
          aria-label="Find a kind of widget"
          placeholder="Find a kind"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && first && search.trim() !== '') add(first);
            else if (event.key === 'ArrowDown') list.current?.querySelector('button')?.focus();
            else if (event.key === 'Escape' && search !== '') setSearch('');
            else return;
            event.preventDefault();
            event.stopPropagation();
          }}
        />
      </div>
      <div ref={list} className={styles.list} onKeyDown={onArrows}>
        {groups.map(({ group, label, kinds }) => (
          <section key={group} aria-label={label}>
            <h3 className={styles.group}>{label}</h3>
            <div className={styles.kinds}>
              {kinds.map((kind) => {
                const Icon = iconOf(kind.icon);
                return (
                  <button key={kind.type} type="button" className={styles.kind} data-kind={kind.type} onPointerDown={start(kind)} onClick={() => add(kind)}>
                    <Icon aria-hidden />
                    <span>{kind.label}</span>
                  </button>
                );
              })}
            </div>
          </section>
        ))}
        {groups.length === 0 && <p className={styles.none}>No kind of widget is called “{search.trim()}”.</p>}
      </div>
      <p className={styles.hint}>Drag onto the dashboard, or click to add at the first free place.</p>
      {state?.kind === 'new' && carried && <Carried {...carried} isOver={state.over !== null} />}
    </aside>
  );
}

/** Arrows go through the kinds: two in a row. */
function onArrows(event: KeyboardEvent<HTMLDivElement>): void {
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -2, ArrowDown: 2 }[event.key];
  const all = [...event.currentTarget.querySelectorAll('button')];
  const at = all.indexOf(document.activeElement as HTMLButtonElement);
  if (step === undefined || at < 0) return;
  event.preventDefault();
  event.stopPropagation();
  all[Math.max(0, Math.min(all.length - 1, at + step))]?.focus();
}
