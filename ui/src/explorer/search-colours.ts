/** Fields, texts and operators of a search in their colours. */
import { RangeSetBuilder } from '@codemirror/state';
import { Decoration, EditorView, ViewPlugin, type DecorationSet, type ViewUpdate } from '@codemirror/view';

const MARKS = {
  field: Decoration.mark({ class: 'cm-search-field' }),
  text: Decoration.mark({ class: 'cm-search-text' }),
  word: Decoration.mark({ class: 'cm-search-word' }),
} as const;

const PARTS = /("(?:[^"\\]|\\.)*"?)|(@?[A-Za-z_][\w.\-/@]*:)|\b(AND|OR|NOT)\b|((?:^|(?<=[\s(]))[-!](?=\S))/g;

function decorate(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const match of view.state.doc.toString().matchAll(PARTS)) {
    const [whole, text, field] = match;
    const mark = text !== undefined ? MARKS.text : field !== undefined ? MARKS.field : MARKS.word;
    builder.add(match.index, match.index + whole.length, mark);
  }
  return builder.finish();
}

const plugin = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = decorate(view);
    }
    update(update: ViewUpdate) {
      if (update.docChanged) this.decorations = decorate(update.view);
    }
  },
  { decorations: (value) => value.decorations },
);

export const searchColours = [
  plugin,
  EditorView.theme({
    '.cm-search-field': { color: 'var(--code-key)' },
    '.cm-search-text': { color: 'var(--code-string)' },
    '.cm-search-word': { color: 'var(--code-call)' },
  }),
];
