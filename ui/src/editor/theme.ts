import { EditorView } from '@codemirror/view';

/** CodeMirror in the page's tokens. */
export const editorTheme = EditorView.theme({
  '&': { fontSize: '12px', backgroundColor: 'transparent', color: 'var(--text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '18px', overflow: 'hidden' },
  '.cm-content': { padding: '4px 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 8px' },
  '.cm-placeholder': { color: 'var(--text-faint)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-tooltip': {
    zIndex: 55,
    border: 'none',
    borderRadius: 'var(--radius)',
    backgroundColor: 'var(--bg-float)',
    boxShadow: 'var(--shadow)',
    color: 'var(--text)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--font-mono)', fontSize: '12px', maxHeight: '320px', padding: '4px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', borderRadius: '4px', lineHeight: '18px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--bg-active)', color: 'var(--text)' },
  '.cm-completionDetail': { color: 'var(--text-muted)', fontStyle: 'normal', marginLeft: '16px', fontFamily: 'var(--font-text)' },
  '.cm-completionIcon': { color: 'var(--text-faint)', opacity: 1, paddingRight: '8px' },
  '.cm-tooltip.cm-completionInfo': { padding: '6px 10px', maxWidth: '320px', whiteSpace: 'pre-wrap', fontFamily: 'var(--font-text)', fontSize: '12px' },
  '.cm-diagnostic': { padding: '4px 8px', borderLeft: 'none', fontFamily: 'var(--font-text)', fontSize: '12px' },
  '.cm-diagnostic-error': { color: 'var(--alert)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--alert)', textUnderlineOffset: '3px' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--warn)', textUnderlineOffset: '3px' },
  '.cm-lintPoint:after': { borderBottomColor: 'var(--alert)' },
});
