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
import { runHistory } from '../editor/history';
import { editorTheme } from '../editor/theme';
import { typingOverSelection } from '../editor/typing';
import { cspNonce } from '../util/csp';
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
  const before = runHistory(`search.${label}`);
  const run = (editor: EditorView): boolean => {
    const text = editor.state.doc.toString().trim();
    past.current = -1;
    before.add(text);
    latest.current.onChange(text);
    return true;
  };
  const recall = (editor: EditorView, step: number): boolean => {
    if (completionStatus(editor.state) !== null) return false;
    const list = before.list();
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
      typingOverSelection,
      oneLine,
      history(),
      closeBrackets(),
      autocompletion({
        selectOnOpen: false,
        // Nothing is chosen before an arrow is pressed, so there is nothing to choose by mistake.
        interactionDelay: 0,
        icons: false,
        override: [(context) => completeSearch(context, latest.current.facets, latest.current.items ?? [])],
      }),
      keymap.of(completionKeymap),
      keys,
      keymap.of([...historyKeymap, ...defaultKeymap]),
      placeholderOf(placeholder),
      EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
      searchColours,
      editorTheme,
      fillField,
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

/** Fills the field; the rest is as in every editor. */
const fillField = EditorView.theme({
  '&': { flex: '1', minWidth: '0' },
  '.cm-line': { padding: '0' },
  '.cm-scroller': { scrollbarWidth: 'none', overflow: 'auto' },
});
