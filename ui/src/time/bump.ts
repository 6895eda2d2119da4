/** ↑ and ↓ in a typed time: changes the part under the caret by one. */
import { MONTHS, monthOf } from './words';

export interface Bumped {
  text: string;
  /** The changed part, to keep it selected. */
  from: number;
  to: number;
}

export function bump(text: string, caret: number, delta: number): Bumped | undefined {
  for (const match of text.matchAll(/\d+|[A-Za-z]+/g)) {
    const [from, to] = [match.index, match.index + match[0].length];
    if (caret < from || caret > to) continue;
    const next = /\d/.test(match[0]) ? bumpNumber(match[0], delta) : bumpMonth(match[0], delta);
    // At the seam of `5h` the caret belongs to the number.
    if (next === undefined) continue;
    return { text: text.slice(0, from) + next + text.slice(to), from, to: from + next.length };
  }
  return undefined;
}

function bumpNumber(digits: string, delta: number): string {
  const next = Math.max(0, Number(digits) + delta);
  return String(next).padStart(digits.startsWith('0') ? digits.length : 0, '0');
}

function bumpMonth(word: string, delta: number): string | undefined {
  const month = monthOf(word.toLowerCase());
  if (month === undefined) return undefined;
  const name = MONTHS[(month - 1 + delta + 12) % 12] ?? '';
  const cased = name.slice(0, 1).toUpperCase() + name.slice(1);
  return word.length <= 4 ? cased.slice(0, 3) : cased;
}
