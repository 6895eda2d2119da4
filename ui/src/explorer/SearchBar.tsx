/**
 * The search of an explorer as text: fields and values are completed from what is listed, `Enter`
 * runs, `Esc` leaves, `↑` brings back what was searched before, `/` comes here.
 */
import { autocompletion, closeBrackets, completionKeymap, completionStatus, startCompletion } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, placeholder as placeholderOf } from '@codemirror/view';
import { CircleX, Search } from 'lucide-react';
import { useEffect, useRef } from 'react';

import { useActions } from '../actions';
import { IconButton } from '../components';
import { cspNonce } from '../util/csp';
import { stored } from '../util/storage';
import type { Facet } from './facets';
import { completeSearch } from './search-completion';
import { searchColours } from './search-colours';
import styles from './search-bar.module.css';

interface Props<Item> {
  /** Names the field and where its history is kept. */
  label: string;
  placeholder: string;
  value: string;
  onChange: (search: string) => void;
  facets: readonly Facet<Item>[];
  /** What values are completed from. */
  items: readonly Item[] | undefined;
  /** What the server says of the search. */
  error?: string | undefined;
}

const HISTORY_MAX = 50;

export function SearchBar<Item>(props: Props<Item>) {
  const { label, value, onChange } = props;
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  const past = useRef(-1);
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    if (!place.current) return;
    const editor = create(place.current, latest, past);
    view.current = editor;
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, []);

  // The address changed by a facet, a link or Back.
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value }, selection: { anchor: value.length } });
  }, [value]);

  useActions([{ id: 'explorer.search', label, group: 'Page', shortcut: '/', keywords: 'query filter', run: () => view.current?.focus() }]);
  return (
    <div className={styles.bar}>
      <div className={styles.field} data-invalid={props.error !== undefined || undefined}>
        <Search aria-hidden />
        <div ref={place} className={styles.editor} />
        {value !== '' && <IconButton label="Clear the search" icon={<CircleX />} onClick={() => onChange('')} />}
        <kbd>/</kbd>
      </div>
      {props.error !== undefined && (
        <p role="alert" className={styles.error}>
          {props.error}
        </p>
      )}
    </div>
  );
}

type Latest = { current: Props<unknown> };

function create<Item>(parent: HTMLElement, given: { current: Props<Item> }, past: { current: number }): EditorView {
  const latest = given as unknown as Latest;
  const { label, placeholder, value } = latest.current;
  const before = stored(`procyon.search.${label}`, '[]');
  const run = (editor: EditorView): boolean => {
    const text = editor.state.doc.toString().trim();
    past.current = -1;
    remember(before, text);
    latest.current.onChange(text);
    return true;
  };
  const recall = (editor: EditorView, step: number): boolean => {
    if (completionStatus(editor.state) === 'active') return false;
    const list = readHistory(before.get());
    const at = Math.max(-1, Math.min(list.length - 1, past.current + step));
    if (at === past.current) return false;
    past.current = at;
    const text = at < 0 ? latest.current.value : (list[at] ?? '');
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text }, selection: { anchor: text.length } });
    return true;
  };
  const keys = keymap.of([
    { key: 'Enter', run },
    { key: 'Escape', run: (editor) => (editor.contentDOM.blur(), true) },
    { key: 'ArrowUp', run: (editor) => recall(editor, 1) },
    { key: 'ArrowDown', run: (editor) => recall(editor, -1) },
    { key: 'Ctrl-Space', run: startCompletion },
  ]);
  const state = EditorState.create({
    doc: value,
    extensions: [
      EditorView.cspNonce.of(cspNonce()),
      oneLine,
      history(),
      closeBrackets(),
      autocompletion({
        selectOnOpen: false,
        icons: false,
        override: [(context) => completeSearch(context, latest.current.facets, latest.current.items ?? [])],
      }),
      keymap.of(completionKeymap),
      keys,
      keymap.of([...historyKeymap, ...defaultKeymap]),
      placeholderOf(placeholder),
      EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
      searchColours,
      theme,
    ],
  });
  return new EditorView({ state, parent });
}

/** Lines that are pasted become one. */
const oneLine = EditorState.transactionFilter.of((change) => {
  if (change.newDoc.lines < 2) return change;
  const text = change.newDoc.toString().replace(/\s*\n\s*/g, ' ');
  return [{ changes: { from: 0, to: change.startState.doc.length, insert: text }, selection: { anchor: text.length } }];
});

function readHistory(text: string): string[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter((entry) => typeof entry === 'string') : [];
  } catch {
    return [];
  }
}

function remember(before: ReturnType<typeof stored>, text: string): void {
  if (text === '') return;
  const others = readHistory(before.get()).filter((entry) => entry !== text);
  before.set(JSON.stringify([text, ...others].slice(0, HISTORY_MAX)));
}

const theme = EditorView.theme({
  '&': { flex: '1', minWidth: '0', fontFamily: 'var(--font-mono)', fontSize: '12px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'inherit', lineHeight: '20px', overflow: 'auto', scrollbarWidth: 'none' },
  '.cm-content': { padding: '5px 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0' },
  '.cm-placeholder': { color: 'var(--text-faint)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--accent-soft)' },
  '.cm-tooltip': { border: '0', borderRadius: 'var(--radius)', background: 'var(--bg-float)', boxShadow: 'var(--shadow)', color: 'var(--text)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--font-mono)', maxHeight: '280px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', lineHeight: '18px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--accent-soft)', color: 'var(--text)' },
  '.cm-completionMatchedText': { color: 'var(--accent)', textDecoration: 'none' },
  '.cm-completionDetail': { color: 'var(--text-muted)', fontStyle: 'normal', marginLeft: '12px' },
});
