/**
 * One line of a query language: `Enter` runs, `Esc` leaves, ↑ brings what was run before, offers
 * open by themselves, mistakes are underlined.
 */
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionKeymap, completionStatus, startCompletion, type CompletionSource } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { linter, type Diagnostic } from '@codemirror/lint';
import { EditorState, Prec, type Extension } from '@codemirror/state';
import { EditorView, keymap, placeholder as placeholderOf, tooltips } from '@codemirror/view';
import { useEffect, useRef, type Ref } from 'react';

import { cspNonce } from '../util/csp';
import styles from './editor.module.css';
import type { RunHistory } from './history';
import { editorTheme } from './theme';
import { typingOverSelection } from './typing';

export interface EditorHandle {
  focus: () => void;
}

interface Props {
  label: string;
  value: string;
  placeholder?: string;
  /** Set once. */
  language?: Extension;
  complete?: CompletionSource;
  /** Whether the chosen offer is written already. */
  isWritten?: (view: EditorView) => boolean;
  check?: (text: string) => Promise<Diagnostic[]>;
  history?: RunHistory;
  onRun: (text: string) => void;
  onChange?: (text: string) => void;
  /** The first mistake, or undefined. */
  onMistake?: (mistake: { message: string; isSoft: boolean } | undefined) => void;
  ref?: Ref<EditorHandle>;
}

const CHECK_DELAY_MS = 250;
/** How long Enter waits for offers that are on their way. */
const OFFERS_MS = 500;

export function QueryEditor(props: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    const parent = place.current;
    if (!parent) return;
    const made = new EditorView({ parent, state: EditorState.create({ doc: latest.current.value, extensions: extensionsOf(latest, parent) }) });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, []);

  // The address changed: by Back, by a link, by running.
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === props.value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: props.value } });
  }, [props.value]);

  useEffect(() => {
    const handle: EditorHandle = {
      focus: () => {
        const editor = view.current;
        editor?.focus();
        editor?.dispatch({ selection: { anchor: editor.state.doc.length } });
      },
    };
    const { ref } = props;
    if (typeof ref === 'function') ref(handle);
    else if (ref) ref.current = handle;
  }, [props.ref]);

  return <div ref={place} className={styles.editor} />;
}

function extensionsOf(latest: { current: Props }, place: HTMLElement): Extension[] {
  const { label, placeholder, language, complete, check } = latest.current;
  return [
    EditorView.cspNonce.of(cspNonce()),
    editorTheme,
    typingOverSelection,
    history(),
    closeBrackets(),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': label, role: 'textbox', 'aria-multiline': 'false', spellcheck: 'false' }),
    // One line: pasted line breaks become spaces.
    EditorState.transactionFilter.of((change) => (change.newDoc.lines > 1 ? flattened(change.newDoc.toString(), change.startState) : change)),
    ...(placeholder ? [placeholderOf(placeholder)] : []),
    ...(language ? [language] : []),
    ...(complete ? [autocompletion({ override: [complete], defaultKeymap: false, icons: true, activateOnTypingDelay: 60, interactionDelay: 0, maxRenderedOptions: 60 }), tooltips({ parent: place.closest<HTMLElement>('[data-modal]') ?? document.body })] : []),
    ...(check ? [checker(latest)] : []),
    keys(latest),
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) latest.current.onChange?.(update.state.doc.toString());
      if (update.focusChanged && update.view.hasFocus && update.state.doc.length === 0 && complete) startCompletion(update.view);
    }),
  ];
}

function flattened(text: string, state: EditorState) {
  const insert = text.replace(/\s*\n\s*/g, ' ');
  return { changes: { from: 0, to: state.doc.length, insert }, selection: { anchor: insert.length } };
}

function checker(latest: { current: Props }): Extension {
  return linter(
    async (view) => {
      const text = view.state.doc.toString();
      const found = text.trim() === '' ? [] : ((await latest.current.check?.(text).catch(() => [])) ?? []);
      const end = view.state.doc.length;
      const inside = found.map((one) => ({ ...one, from: Math.min(one.from, end), to: Math.min(Math.max(one.to, one.from), end) }));
      const first = inside[0];
      // Where one is still typing, it is a hint and not yet a mistake.
      const { head } = view.state.selection.main;
      const isSoft = view.hasFocus && first !== undefined && head >= first.from - 1 && head <= first.to + 1;
      latest.current.onMistake?.(first && { message: first.message, isSoft });
      return inside;
    },
    { delay: CHECK_DELAY_MS },
  );
}

/** Takes the chosen offer or runs. While offers are on their way, it waits for them a moment. */
function enter(view: EditorView, run: (view: EditorView) => boolean, latest: { current: Props }, since: number): boolean {
  if (completionStatus(view.state) === 'pending' && performance.now() - since < OFFERS_MS) {
    requestAnimationFrame(() => view.dom.isConnected && enter(view, run, latest, since));
    return true;
  }
  return (!latest.current.isWritten?.(view) && acceptCompletion(view)) || run(view);
}

function keys(latest: { current: Props }): Extension {
  // Where in the history one is; -1 is what was being typed.
  let at = -1;
  let typed = '';
  const show = (view: EditorView, text: string) =>
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: text.length } });
  const move = (step: number) => (view: EditorView) => {
    const list = latest.current.history?.list() ?? [];
    if (completionStatus(view.state) === 'active' || list.length === 0) return false;
    const text = view.state.doc.toString();
    if (at === -1) {
      if (step < 0) return false;
      typed = text;
    }
    let next = at + step;
    // What is shown already is no step.
    while (next >= 0 && next < list.length && list[next] === text) next += step;
    if (next >= list.length) return true;
    at = Math.max(-1, next);
    show(view, at === -1 ? typed : (list[at] ?? ''));
    return true;
  };
  const run = (view: EditorView) => {
    at = -1;
    closeCompletion(view);
    latest.current.onRun(view.state.doc.toString());
    return true;
  };
  return Prec.highest(
    keymap.of([
      { key: 'Enter', run: (view) => enter(view, run, latest, performance.now()) },
      { key: 'Mod-Enter', run },
      { key: 'Tab', run: acceptCompletion },
      { key: 'ArrowUp', run: move(1) },
      { key: 'ArrowDown', run: move(-1) },
      {
        key: 'Escape',
        run: (view) => {
          if (completionStatus(view.state) !== null) return false;
          view.contentDOM.blur();
          return true;
        },
      },
    ]),
  );
}
