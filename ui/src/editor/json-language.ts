/** Colours of JSON, and where it breaks. */
import { HighlightStyle, StreamLanguage, syntaxHighlighting, type StreamParser } from '@codemirror/language';
import { linter, type Diagnostic } from '@codemirror/lint';
import { tags } from '@lezer/highlight';

import { readJson } from './read-json';

const parser: StreamParser<null> = {
  startState: () => null,
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match(/^"(?:[^"\\]|\\.)*"(?=\s*:)/)) return 'propertyName';
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return 'string';
    if (stream.match(/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/)) return 'number';
    if (stream.match(/^(?:true|false|null)\b/)) return 'atom';
    stream.next();
    return 'bracket';
  },
  languageData: { closeBrackets: { brackets: ['{', '[', '"'] } },
};

const style = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--code-key)' },
  { tag: tags.string, color: 'var(--code-string)' },
  { tag: tags.number, color: 'var(--code-number)' },
  { tag: tags.atom, color: 'var(--code-call)' },
  { tag: tags.bracket, color: 'var(--text-muted)' },
]);

export const jsonLanguage = [StreamLanguage.define(parser), syntaxHighlighting(style)];

export const jsonLint = linter((view): Diagnostic[] => {
  const read = readJson(view.state.doc.toString());
  if (read.ok) return [];
  return [{ from: Math.max(0, Math.min(read.at, view.state.doc.length) - 1), to: Math.min(read.at + 1, view.state.doc.length), severity: 'error', message: read.message }];
});
