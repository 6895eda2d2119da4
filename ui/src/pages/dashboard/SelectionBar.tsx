/** At the foot while several widgets are selected: what can be done with all of them. */
import { ClipboardCopy, CopyPlus, FolderInput, Group, Trash2, X } from 'lucide-react';

import { Button, IconButton, Menu, type MenuItem, type SubMenu } from '../../components';
import styles from './dashboard.module.css';
import { selectionMenu } from './widget-menu';

type Of = Parameters<typeof selectionMenu>[0] & { onClear: () => void };

const ICONS = [<ClipboardCopy key="copy" />, <CopyPlus key="duplicate" />, <Group key="group" />];

export function SelectionBar({ onClear, ...of }: Of) {
  const entries = selectionMenu(of).filter((entry) => entry !== '-');
  const items = entries.filter((entry): entry is MenuItem => 'run' in entry);
  const tabs = entries.find((entry): entry is SubMenu => 'items' in entry);
  const remove = items.at(-1);
  return (
    <div className={styles.selection} role="toolbar" aria-label="Selected widgets">
      <span className={styles.count} role="status">
        {of.ids.length} selected
      </span>
      {items.slice(0, -1).map(({ label, shortcut, disabled, run }, at) => (
        <IconButton key={label} label={label} {...(shortcut ? { shortcut } : {})} icon={ICONS[at]} disabled={disabled ?? false} onClick={run} />
      ))}
      {tabs && (
        <Menu items={[...tabs.items]} align="start">
          <Button kind="ghost" icon={<FolderInput />}>
            {tabs.label}
          </Button>
        </Menu>
      )}
      {remove && <IconButton label={`Delete ${of.ids.length} widgets`} shortcut="Del" icon={<Trash2 />} onClick={remove.run} />}
      <IconButton label="Deselect" shortcut="Esc" icon={<X />} onClick={onClear} />
    </div>
  );
}
