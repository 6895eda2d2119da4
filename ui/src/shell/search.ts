/** Finds what is meant by a few typed letters. */

/** How well `text` fits: 0 not at all, more is better. Words may be abbreviated: `mex` fits `Metrics explorer`. */
export function fit(typed: string, text: string): number {
  const needle = typed.trim().toLowerCase();
  const hay = text.toLowerCase();
  if (needle === '') return 1;
  const at = hay.indexOf(needle);
  if (at === 0) return 100;
  if (at > 0) return /\W/.test(hay[at - 1] ?? '') ? 80 : 40;
  const words = needle.split(/\s+/);
  if (words.length > 1) {
    const fits = words.map((word) => fit(word, text));
    return fits.includes(0) ? 0 : Math.min(...fits) * 0.9;
  }
  return isInitials(needle, hay) ? 20 : 0;
}

/** Whether the letters come in order, each at a word's start or right after the one before. */
function isInitials(needle: string, hay: string): boolean {
  let at = -1;
  for (const letter of needle) {
    let next = at + 1;
    if (hay[next] !== letter) {
      do {
        next = hay.indexOf(letter, next);
        if (next < 0) return false;
        if (next === 0 || /\W/.test(hay[next - 1] ?? '')) break;
        next += 1;
      } while (next > 0);
    }
    at = next;
  }
  return true;
}
