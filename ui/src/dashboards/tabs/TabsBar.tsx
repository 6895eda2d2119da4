/**
 * The tabs of a dashboard while it is edited: they are chosen, named, moved by mouse and keyboard,
 * added and deleted; widgets are dropped onto them.
 */
import { ArrowLeft, ArrowRight, ChevronDown, PencilLine, Plus, Trash2 } from 'lucide-react';
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';

import { IconButton, Menu } from '../../components';
import { cx } from '../../util/cx';
import type { Change } from '../changes';
import { follow } from '../grid/follow';
import type { Dashboard, DashboardTab } from '../model';
import { RemoveTabDialog } from './RemoveTabDialog';
import { freshName, newTabId, tabAt, tabsOf, TABS_MAX, widgetsOfTab } from './tabs';
import { TabName } from './TabName';
import styles from './tabs.module.css';

interface Props {
  dashboard: Dashboard;
  /** The tab of the address, if any. */
  value: string | undefined;
  onChoose: (id: string) => void;
  /** With `undo` where things may be gone by it. */
  onChange: (change: Change, undo?: string) => void;
}

export function TabsBar({ dashboard, value, onChoose, onChange }: Props) {
  const tabs = tabsOf(dashboard);
  const chosen = tabAt(dashboard, value)?.id;
  const [renamed, setRenamed] = useState<string>();
  const [removed, setRemoved] = useState<DashboardTab>();
  const [dragged, setDragged] = useState<{ id: string; to: number }>();
  const list = useRef<HTMLDivElement>(null);
  // A list of tabs holds nothing but tabs.
  const isNaming = renamed !== undefined;
  const focus = (id: string) => list.current?.querySelector<HTMLElement>(`[data-drop-tab="${CSS.escape(id)}"]`)?.focus();
  const rename = (id: string, name: string | undefined) => {
    setRenamed(undefined);
    if (name !== undefined) onChange({ type: 'rename-tab', id, name });
    requestAnimationFrame(() => focus(id));
  };
  const add = () => {
    const tab = { id: newTabId(), name: freshName(dashboard) };
    onChange({ type: 'add-tab', tab });
    onChoose(tab.id);
    setRenamed(tab.id);
  };
  const move = (id: string, by: number) => onChange({ type: 'move-tab', id, to: tabs.findIndex((tab) => tab.id === id) + by });
  const remove = (tab: DashboardTab) => {
    if (widgetsOfTab(dashboard, tab.id).length > 0 && tabs.length > 1) return setRemoved(tab);
    onChange({ type: 'remove-tab', id: tab.id, into: undefined }, tabs.length > 1 ? `The tab ${tab.name} is deleted` : 'There are no tabs any more; the widgets are still there');
  };
  const startDrag = (id: string) => (event: PointerEvent) => {
    const from = tabs.findIndex((tab) => tab.id === id);
    if (event.button !== 0 || !list.current) return;
    const middles = [...list.current.querySelectorAll('[data-drop-tab]')].map((tab) => tab.getBoundingClientRect()).map(({ left, width }) => left + width / 2);
    let to = from;
    follow(event.nativeEvent, {
      isStill: true,
      begin: () => {},
      move: (dx) => {
        const x = (middles[from] ?? 0) + dx;
        to = middles.filter((middle, at) => at !== from && middle < x).length;
        setDragged({ id, to });
      },
      end: (isDropped) => {
        setDragged(undefined);
        if (isDropped) onChange({ type: 'move-tab', id, to });
      },
    });
  };
  const onKeyDown = (tab: DashboardTab, at: number) => (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const next = tabs[(at + (step ?? 0) + tabs.length) % tabs.length];
    if (step !== undefined && event.altKey) move(tab.id, step);
    else if (step !== undefined && next) {
      onChoose(next.id);
      focus(next.id);
    } else if (event.key === 'F2') setRenamed(tab.id);
    else if (event.key === 'Delete') remove(tab);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={styles.bar}>
      <div ref={list} className={styles.tabs} role={isNaming ? 'group' : 'tablist'} aria-label="Tabs">
        {inOrder(tabs, dragged).map((tab, at) =>
          renamed === tab.id ? (
            <TabName key={tab.id} name={tab.name} onDone={(name) => rename(tab.id, name)} />
          ) : (
            <button
              key={tab.id}
              type="button"
              {...(isNaming ? {} : { role: 'tab', 'aria-selected': tab.id === chosen })}
              tabIndex={tab.id === chosen ? 0 : -1}
              className={cx(styles.tab, tab.id === chosen && styles.chosen, dragged?.id === tab.id && styles.dragged)}
              data-drop-tab={tab.id}
              onPointerDown={startDrag(tab.id)}
              onClick={() => onChoose(tab.id)}
              onDoubleClick={() => setRenamed(tab.id)}
              onKeyDown={onKeyDown(tab, at)}
            >
              {tab.name}
            </button>
          ),
        )}
      </div>
      {tabs.map(
        (tab, at) =>
          tab.id === chosen && (
            <Menu
              key={tab.id}
              align="start"
              items={[
                { label: 'Rename', icon: <PencilLine />, shortcut: 'F2', run: () => requestAnimationFrame(() => setRenamed(tab.id)) },
                { label: 'Move left', icon: <ArrowLeft />, shortcut: 'Alt ←', disabled: at === 0, run: () => move(tab.id, -1) },
                { label: 'Move right', icon: <ArrowRight />, shortcut: 'Alt →', disabled: at === tabs.length - 1, run: () => move(tab.id, 1) },
                '-',
                { label: tabs.length === 1 ? 'Remove tabs' : 'Delete', icon: <Trash2 />, danger: tabs.length > 1, run: () => remove(tab) },
              ]}
            >
              <button type="button" className={styles.menu} aria-label={`Menu of the tab ${tab.name}`}>
                <ChevronDown />
              </button>
            </Menu>
          ),
      )}
      <IconButton label="Add tab" icon={<Plus />} disabled={tabs.length >= TABS_MAX} onClick={add} />
      {removed && <RemoveTabDialog dashboard={dashboard} tab={removed} onRemove={(into) => onChange({ type: 'remove-tab', id: removed.id, into }, `The tab ${removed.name} is deleted`)} onClose={() => setRemoved(undefined)} />}
    </div>
  );
}

/** As they would stand if the dragged one were dropped now. */
function inOrder(tabs: readonly DashboardTab[], dragged: { id: string; to: number } | undefined): readonly DashboardTab[] {
  const moved = tabs.find(({ id }) => id === dragged?.id);
  if (!moved || !dragged) return tabs;
  const rest = tabs.filter((tab) => tab !== moved);
  return [...rest.slice(0, dragged.to), moved, ...rest.slice(dragged.to)];
}
