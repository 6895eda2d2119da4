/** What can follow in a search: fields, then the values of a field by how frequent they are. */
import { pickedCompletion, startCompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import type { EditorView } from '@codemirror/view';

import { countFacet, type Facet } from './facets';
import { quote } from './search';

const VALUES_MAX = 100;

export function completeSearch<Item>(context: CompletionContext, facets: readonly Facet<Item>[], items: readonly Item[]): CompletionResult | null {
  const before = context.state.sliceDoc(0, context.pos);
  const value = /(?:^|[\s(-])(@?[\w.\-/@]+):("?[^\s"()]*)$/.exec(before);
  if (value) return values(context, value, facets, items);
  const word = /@?[\w.\-/@]*$/.exec(before)?.[0] ?? '';
  if (word === '' && !context.explicit) return null;
  const fields = facets.map((facet): Completion => ({
    label: `${facet.field}:`,
    detail: facet.label === facet.field ? 'tag' : facet.label,
    apply: applyField,
  }));
  const words = ['AND', 'OR', 'NOT'].map((label): Completion => ({ label, detail: 'operator', boost: -10 }));
  return { from: context.pos - word.length, options: [...fields, ...words], validFor: /^@?[\w.\-/@]*$/ };
}

/** The field, and at once its values. */
function applyField(view: EditorView, completion: Completion, from: number, to: number): void {
  view.dispatch({
    changes: { from, to, insert: completion.label },
    selection: { anchor: from + completion.label.length },
    annotations: pickedCompletion.of(completion),
    userEvent: 'input.complete',
  });
  startCompletion(view);
}

function values<Item>(context: CompletionContext, match: RegExpExecArray, facets: readonly Facet<Item>[], items: readonly Item[]): CompletionResult | null {
  const [, field, typed = ''] = match;
  const facet = facets.find((one) => one.field === field);
  if (!facet) return null;
  const rows = countFacet(items, facet, [facet], '').slice(0, VALUES_MAX);
  const options = rows.map((row, at): Completion => ({
    label: row.value,
    detail: row.count.toLocaleString('en-US'),
    apply: `${quote(row.value)} `,
    boost: -at / 10,
  }));
  return { from: context.pos - typed.replace(/^"/, '').length - (typed.startsWith('"') ? 1 : 0), options, filter: true };
}
