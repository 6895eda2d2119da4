/** What formulas complete: the names of queries as they are shown, and functions. */
import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';

import { completeQuery } from './metric-completion';

export async function completeFormula(context: CompletionContext, names: readonly string[]): Promise<CompletionResult | null> {
  const word = context.matchBefore(/[\w]+/);
  if (!word && !context.explicit) return null;
  const result = await completeQuery(context);
  const own = names.filter((name) => name.startsWith(word?.text ?? '')).map((name) => ({ label: name, type: 'variable', detail: 'query', boost: 99 }));
  if (own.some(({ label }) => label === word?.text)) return null;
  const calls = (result?.options ?? []).filter(({ type }) => type === 'function');
  return { from: result?.from ?? word?.from ?? context.pos, options: [...own, ...calls], filter: false };
}
