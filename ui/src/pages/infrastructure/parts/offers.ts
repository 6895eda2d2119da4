/** What the filter's field offers for the word under the caret. */

export interface WordAt {
  from: number;
  to: number;
  /** As typed, up to the caret, without a leading `-`. */
  text: string;
  /** The whole word, without a leading `-`. */
  bare: string;
  isOut: boolean;
}

const SHOWN_MAX = 10;

export function wordAt(text: string, caret: number): WordAt {
  const at = Math.min(caret, text.length);
  const from = Math.max(text.lastIndexOf(' ', at - 1), text.lastIndexOf(',', at - 1)) + 1;
  const rest = /[\s,]/.exec(text.slice(at));
  const to = rest ? at + rest.index : text.length;
  const isOut = text[from] === '-' || text[from] === '!';
  const start = from + (isOut ? 1 : 0);
  return { from, to, text: text.slice(start, Math.max(start, at)), bare: text.slice(start, to), isOut };
}

/** Tags that begin with the word first, then those that hold it; of each the most frequent first. */
export function offers(tags: ReadonlyMap<string, number>, typed: string): { tag: string; count: number }[] {
  const wanted = typed.toLowerCase();
  const [begin, hold]: { tag: string; count: number }[][] = [[], []];
  for (const [tag, count] of tags) {
    // Hosts are found by their name without it.
    if (tag.startsWith('host:') && !wanted.startsWith('host:')) continue;
    if (tag.startsWith(wanted)) begin!.push({ tag, count });
    else if (tag.includes(wanted)) hold!.push({ tag, count });
    if (begin!.length >= SHOWN_MAX) break;
  }
  return [...begin!, ...hold!].slice(0, SHOWN_MAX);
}

export function replaceWord(text: string, word: WordAt, tag: string): { text: string; caret: number } {
  const put = `${word.isOut ? '-' : ''}${tag} `;
  const head = text.slice(0, word.from) + put;
  return { text: head + text.slice(word.to).trimStart(), caret: head.length };
}

/**
 * The filter as far as it is typed: a word that so far is only the beginning of tags would fit
 * nothing, so it waits.
 */
export function finished(text: string, caret: number, tags: ReadonlyMap<string, number>): string {
  const word = wordAt(text, caret);
  const typed = word.bare.toLowerCase();
  if (!typed.includes(':') || tags.has(typed)) return text.trim();
  const begins = [...tags.keys()].some((tag) => tag.startsWith(typed));
  return (begins ? text.slice(0, word.from) + text.slice(word.to) : text).trim().replace(/\s+/g, ' ');
}
