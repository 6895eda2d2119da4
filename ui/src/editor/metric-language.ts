/** Colours of metric queries. Not a parser: the server is the judge, this only paints words. */
import { HighlightStyle, StreamLanguage, syntaxHighlighting, type StreamParser } from '@codemirror/language';
import { tags } from '@lezer/highlight';

interface State {
  /** Inside `{…}`. */
  inScope: boolean;
}

const AGGREGATORS = /^(?:avg|sum|min|max|count|median|p\d{2,3}|last|any)(?=:)/;

export const metricParser: StreamParser<State> = {
  startState: () => ({ inScope: false }),
  token(stream, state) {
    if (stream.eatSpace()) return null;
    if (stream.match(AGGREGATORS)) return 'keyword';
    if (stream.match(/^(['"])(?:\\.|(?!\1).)*\1?/)) return 'string';
    const next = stream.peek();
    if (next === '{' || next === '}') {
      stream.next();
      state.inScope = next === '{';
      return 'bracket';
    }
    if (state.inScope) return scopeToken(stream);
    if (stream.match(/^by\b/i)) return 'keyword';
    if (stream.match(/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])/i)) return 'number';
    if (stream.match(/^\.?[a-zA-Z_][\w.]*(?=\()/)) return 'atom';
    if (stream.match(/^[a-zA-Z_][\w.-]*/)) return 'variableName';
    stream.next();
    return null;
  },
};

type Stream = Parameters<StreamParser<State>['token']>[0];

function scopeToken(stream: Stream): string | null {
  if (stream.match(/^(?:AND|OR|NOT|IN)\b/i)) return 'keyword';
  if (stream.match(/^[^\s:,{}()!]+(?=:)/)) return 'propertyName';
  if (stream.match(/^[^\s:,{}()!]+/)) return 'string';
  stream.next();
  return null;
}

const style = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--code-string)' },
  { tag: tags.number, color: 'var(--code-number)' },
  { tag: tags.propertyName, color: 'var(--code-key)' },
  { tag: tags.atom, color: 'var(--code-call)' },
  { tag: tags.variableName, color: 'var(--text)' },
]);

export const metricLanguage = [StreamLanguage.define(metricParser), syntaxHighlighting(style)];
