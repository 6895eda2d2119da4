/**
 * The frame of the editor: over nearly all of the page. Editors of text keep `Esc` for themselves:
 * it closes their offers first, then leaves them, and only then the dialog.
 */
import * as Radix from '@radix-ui/react-dialog';
import type { KeyboardEvent, ReactNode } from 'react';

import sheet from '../../components/dialog.module.css';
import { cx } from '../../util/cx';
import styles from './editor.module.css';

interface Props {
  title: string;
  head: ReactNode;
  foot: ReactNode;
  children: ReactNode;
  onSave: () => void;
  onClose: () => void;
}

export function EditorDialog({ title, head, foot, children, onSave, onClose }: Props) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    onSave();
  };
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className={sheet.scrim} />
        <Radix.Content
          className={cx(sheet.sheet, styles.dialog)}
          aria-describedby={undefined}
          data-modal=""
          onKeyDown={onKeyDown}
          onOpenAutoFocus={(event) => {
            const first = (event.currentTarget as Element).querySelector<HTMLElement>('[data-first] .cm-content, [data-first] textarea, [data-first] input');
            if (!first) return;
            event.preventDefault();
            first.focus();
          }}
          onEscapeKeyDown={(event) => {
            const editor = (event.target as Element | null)?.closest('.cm-editor');
            if (!editor) return;
            event.preventDefault();
            if (!document.querySelector('.cm-tooltip-autocomplete')) (document.activeElement as HTMLElement | null)?.blur();
          }}
          // A click beside it would lose what was typed.
          onInteractOutside={(event) => event.preventDefault()}
        >
          <header className={styles.head}>
            <Radix.Title className={styles.title}>{title}</Radix.Title>
            {head}
          </header>
          {children}
          <footer className={styles.foot}>{foot}</footer>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
