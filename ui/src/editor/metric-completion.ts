/** Completion of metric queries: the server knows metrics, tags by frequency and functions. */
import { pickedCompletion, startCompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import type { EditorView } from '@codemirror/view';

import { completeMetrics, type Offer } from '../api/metric-editor';

const ICONS: Record<Offer['kind'], string> = {
  metric: 'variable',
  tag: 'property',
  tag_value: 'text',
  function: 'function',
  aggregator: 'keyword',
  keyword: 'keyword',
};

export async function completeQuery(context: CompletionContext): Promise<CompletionResult | null> {
  const query = context.state.doc.toString();
  if (!context.explicit && query === '') return null;
  const abort = new AbortController();
  context.addEventListener('abort', () => abort.abort());
  try {
    const { from, to, items } = await completeMetrics(query, context.pos, abort.signal);
    const word = query.slice(from, to);
    const offers = [...items, ...grouping(query, context.pos)];
    // What is already written whole needs no offer, and Enter is to run it.
    const isWhole = offers.some((item) => item.insert === word && to === context.pos);
    if (isWhole && !context.explicit) return null;
    return { from, to, options: offers.map((item, at) => option(item, offers.length - at)), filter: false };
  } catch {
    // Without the server one types without help.
    return null;
  }
}

/** After a scope, grouping comes next. */
function grouping(query: string, at: number): Offer[] {
  const isAfterScope = /\}\s+b?y?$/.test(query.slice(0, at)) && !/^\s*by\b/.test(query.slice(at));
  return isAfterScope ? [{ label: 'by', kind: 'keyword', detail: 'group by tags', insert: 'by {' }] : [];
}

function option(item: Offer, boost: number): Completion {
  const isLong = item.detail.includes(' — ');
  const [signature = '', info] = item.detail.split(' — ');
  return {
    label: item.label,
    type: ICONS[item.kind],
    boost: Math.min(99, boost),
    ...(isLong ? { info: `${signature}\n${info ?? ''}` } : { detail: item.detail }),
    apply: (view, completion, from, to) => apply(view, completion, item, from, to),
  };
}

/** A metric brings its scope, with `*` chosen; what opens something leads on to the next offers. */
function apply(view: EditorView, completion: Completion, item: Offer, from: number, to: number): void {
  const after = view.state.sliceDoc(to, to + 1);
  const isBare = item.kind === 'metric' && after !== '{';
  const opens = item.insert.endsWith('{') && after !== '}';
  const text = isBare ? `${item.insert}{*}` : opens ? `${item.insert}}` : item.insert;
  const end = from + item.insert.length;
  const selection = isBare ? { anchor: end + 1, head: end + 2 } : { anchor: end };
  view.dispatch({ changes: { from, to, insert: text }, selection, annotations: pickedCompletion.of(completion), userEvent: 'input.complete' });
  if (isBare || /[:({]$/.test(item.insert)) queueMicrotask(() => startCompletion(view));
}
