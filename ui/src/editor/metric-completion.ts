/** Completion of metric queries: the server knows metrics, tags by frequency and functions. */
import { pickedCompletion, selectedCompletion, startCompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
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

/** The server offers at most so many. */
const OFFERS_MAX = 100;
const WORD = /^[\w.\-/]*$/;

interface Offered extends Completion {
  /** The text that it leaves. */
  whole?: string;
}

export async function completeQuery(context: CompletionContext): Promise<CompletionResult | null> {
  const query = context.state.doc.toString();
  if (!context.explicit && query === '') return null;
  const abort = new AbortController();
  context.addEventListener('abort', () => abort.abort());
  try {
    const { from, to: end, items } = await completeMetrics(query, context.pos, abort.signal);
    // Filtered by what is before the caret; the rest of the word is replaced with it.
    const to = context.pos;
    const tail = context.state.selection.main.empty ? Math.max(0, end - to) : 0;
    const offers = [...items, ...grouping(query, context.pos)];
    const options = offers.map((item, at) => option(item, offers.length - at, tail));
    // More letters narrow a whole list here, without the server, so that Enter never waits for it.
    const asked = query.slice(from, context.pos);
    const isWhole = items.length < OFFERS_MAX;
    return { from, to, options, ...(isWhole ? { validFor: (text: string) => text.startsWith(asked) && WORD.test(text) } : { filter: false }) };
  } catch {
    // Without the server one types without help.
    return null;
  }
}

/** Whether the chosen offer is what stands before the caret already, so that Enter is to run. */
export function isWritten(view: EditorView): boolean {
  const whole = (selectedCompletion(view.state) as Offered | null)?.whole;
  const { head } = view.state.selection.main;
  return whole !== undefined && view.state.sliceDoc(Math.max(0, head - whole.length), head) === whole;
}

/** After a scope, grouping comes next. */
function grouping(query: string, at: number): Offer[] {
  const isAfterScope = /\}\s+b?y?$/.test(query.slice(0, at)) && !/^\s*by\b/.test(query.slice(at));
  return isAfterScope ? [{ label: 'by', kind: 'keyword', detail: 'group by tags', insert: 'by {' }] : [];
}

function option(item: Offer, boost: number, tail: number): Offered {
  const isLong = item.detail.includes(' — ');
  const [signature = '', info] = item.detail.split(' — ');
  return {
    label: item.label,
    type: ICONS[item.kind],
    boost: Math.min(99, boost),
    // A metric is only whole with its scope.
    ...(item.kind === 'metric' ? {} : { whole: item.insert }),
    ...(isLong ? { info: `${signature}\n${info ?? ''}` } : { detail: item.detail }),
    apply: (view, completion, from, to) => apply(view, completion, item, { from, to: Math.max(to + tail, view.state.selection.main.to) }),
  };
}

/** A metric brings its scope, with `*` chosen; what opens something leads on to the next offers. */
function apply(view: EditorView, completion: Completion, item: Offer, { from, to }: { from: number; to: number }): void {
  const after = view.state.sliceDoc(to, to + 1);
  const isBare = item.kind === 'metric' && after !== '{';
  const opens = item.insert.endsWith('{') && after !== '}';
  const text = isBare ? `${item.insert}{*}` : opens ? `${item.insert}}` : item.insert;
  const end = from + item.insert.length;
  const selection = isBare ? { anchor: end + 2, head: end + 1 } : { anchor: end };
  view.dispatch({ changes: { from, to, insert: text }, selection, annotations: pickedCompletion.of(completion), userEvent: 'input.complete' });
  if (isBare || /[:({]$/.test(item.insert)) queueMicrotask(() => startCompletion(view));
}
