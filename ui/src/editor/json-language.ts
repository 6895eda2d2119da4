/** Colours of JSON, and where it breaks. */
import { HighlightStyle, StreamLanguage, syntaxHighlighting, type StreamParser } from '@codemirror/language';
import { linter, type Diagnostic } from '@codemirror/lint';
import { tags } from '@lezer/highlight';

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

/** The value, or where it breaks. */
export function readJson(text: string): { ok: true; value: unknown } | { ok: false; message: string; at: number } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const position = /position (\d+)/.exec(message)?.[1];
    const line = /line (\d+) column (\d+)/.exec(message);
    const at = position !== undefined ? Number(position) : line ? offsetOf(text, Number(line[1]), Number(line[2])) : text.length;
    return { ok: false, message, at: Math.min(at, text.length) };
  }
}

function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n').slice(0, line - 1);
  return lines.reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
}

export const jsonLint = linter((view): Diagnostic[] => {
  const read = readJson(view.state.doc.toString());
  if (read.ok) return [];
  return [{ from: Math.max(0, Math.min(read.at, view.state.doc.length) - 1), to: Math.min(read.at + 1, view.state.doc.length), severity: 'error', message: read.message }];
});
