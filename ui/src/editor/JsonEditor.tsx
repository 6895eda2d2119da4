/** JSON in an editor: coloured, folded at will, with its mistakes underlined. */
import { closeBrackets } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, foldGutter, indentUnit } from '@codemirror/language';
import { linter } from '@codemirror/lint';
import { EditorState, StateEffect } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';

import { cspNonce } from '../util/csp';
import { jsonLanguage, jsonLint } from './json-language';
import { editorTheme } from './theme';
import { typingOverSelection } from './typing';

interface Props {
  label: string;
  value: string;
  /** Without it the text can only be read. */
  onChange?: ((text: string) => void) | undefined;
  className?: string | undefined;
  /** Mistakes that the text alone does not show; places in the text. */
  marks?: readonly Mark[];
}

export interface Mark {
  from: number;
  to: number;
  message: string;
}

const NONE: readonly Mark[] = [];
const marked = StateEffect.define<null>();

export function JsonEditor({ label, value, onChange, className, marks = NONE }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef({ value, onChange, label, marks });
  useEffect(() => {
    latest.current = { value, onChange, label, marks };
  });
  const isReadOnly = onChange === undefined;
  useEffect(() => {
    if (!place.current) return;
    const editor = new EditorView({ state: stateOf(latest, isReadOnly), parent: place.current });
    view.current = editor;
    editor.focus();
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, [isReadOnly]);
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);
  useEffect(() => view.current?.dispatch({ effects: marked.of(null) }), [marks]);
  return <div ref={place} className={className} />;
}

type Latest = { current: { value: string; onChange: Props['onChange']; label: string; marks: readonly Mark[] } };

function stateOf(latest: Latest, isReadOnly: boolean): EditorState {
  return EditorState.create({
    doc: latest.current.value,
    extensions: [
      EditorView.cspNonce.of(cspNonce()),
      typingOverSelection,
      lineNumbers(),
      foldGutter(),
      history(),
      bracketMatching(),
      closeBrackets(),
      indentUnit.of('  '),
      jsonLanguage,
      isReadOnly ? EditorState.readOnly.of(true) : [jsonLint, markLint(latest)],
      keymap.of([...defaultKeymap, ...historyKeymap, ...(isReadOnly ? [] : [indentWithTab])]),
      EditorView.contentAttributes.of({ 'aria-label': latest.current.label, spellcheck: 'false' }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && update.state.doc.toString() !== latest.current.value) latest.current.onChange?.(update.state.doc.toString());
      }),
      editorTheme,
      whole,
    ],
  });
}

function markLint(latest: Latest) {
  return linter(
    (view) => {
      const end = view.state.doc.length;
      return latest.current.marks.map(({ from, to, message }) => ({ from: Math.min(from, end), to: Math.min(to, end), severity: 'error', message }));
    },
    { delay: 100, needsRefresh: (update) => update.transactions.some(({ effects }) => effects.some((effect) => effect.is(marked))) },
  );
}

const whole = EditorView.theme({
  '&': { height: '100%' },
  '.cm-scroller': { overflow: 'auto' },
  '.cm-gutters': { backgroundColor: 'transparent', border: 'none', color: 'var(--text-faint)' },
  '.cm-matchingBracket': { backgroundColor: 'var(--bg-active)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--bg-active)' },
});
