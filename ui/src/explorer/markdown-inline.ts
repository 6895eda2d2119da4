/**
 * Markdown inside a line: emphasis, code, links, images. A tree without any HTML: what is not
 * understood stays text, and addresses are only those that open a page or show a picture.
 */

export type Inline =
  | { kind: 'text' | 'code'; text: string }
  /** `text` is all of it without the marks. */
  | { kind: 'bold' | 'italic' | 'struck'; text: string; inside: Inline[] }
  | { kind: 'link'; text: string; href: string; inside: Inline[] }
  | { kind: 'image'; text: string; src: string; href?: string }
  | { kind: 'break' };

/** Emphasis in emphasis in links: deeper is shown as typed. */
const DEPTH_MAX = 6;

const INLINE = new RegExp(
  [
    /\\([\\`*_{}[\]()#+\-.!|~<>])/, // 1 an escaped mark
    /(`+)(?!`)([^\n]*?[^`\n])\2(?!`)/, // 2, 3 code
    /\*\*\*([^\s*](?:[^*\n]*[^\s*])?)\*\*\*/, // 4 bold italic
    /\*\*([^\s*](?:(?!\*\*)[^\n])*?)\*\*/, // 5 bold
    /\b__([^\s_](?:(?!__)[^\n])*?)__\b/, // 6 bold
    /\*(?=[^\s*])((?:[^*\n]|\*\*(?:(?!\*\*)[^\n])+\*\*)+?)\*(?!\*)/, // 7 italic
    /\b_([^\s_][^_\n]*?)_\b/, // 8 italic
    /~~([^\s~][^\n]*?)~~/, // 9 struck
    /\[!\[([^\]\n]*)\]\(\s*([^()\s]+)(?:\s+"[^"\n]*")?\s*\)\]\(\s*([^()\s]+)(?:\s+"[^"\n]*")?\s*\)/, // 10, 11, 12 a picture that is a link
    /!\[([^\]\n]*)\]\(\s*<?([^()\s<>]+)>?(?:\s+"[^"\n]*")?\s*\)/, // 13, 14 a picture
    /\[((?:[^\][\n]|\[[^\][\n]*\])*)\]\(\s*<?((?:[^()\s<>]|\([^()\s<>]*\))+)>?(?:\s+"[^"\n]*")?\s*\)/, // 15, 16 a link
    /<(https?:\/\/[^\s<>]+)>/, // 17 an address in angles
    /(https?:\/\/[^\s<>"')\]]*[^\s<>"')\].,;:!?])/, // 18 a bare address
    /(<br\s*\/?>|(?: {2,}|\\)(?=\n))/, // 19 a line's end
  ]
    .map((part) => part.source)
    .join('|'),
  'g',
);

export function inlineOf(text: string, depth = 0): Inline[] {
  const parts: Inline[] = [];
  const push = (typed: string) => {
    const plain = decoded(typed);
    const last = parts.at(-1);
    if (plain === '') return;
    if (last?.kind === 'text') last.text += plain;
    else parts.push({ kind: 'text', text: plain });
  };
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    const part = inlinePart(match, depth);
    if (part === undefined) continue;
    push(text.slice(at, match.index));
    if (typeof part === 'string') push(part);
    else parts.push(part);
    at = match.index + match[0].length;
    // The end of the line is drawn by the break.
    if (match[19] !== undefined && text[at] === '\n') at += 1;
  }
  push(text.slice(at));
  return parts;
}

const ENTITIES: Readonly<Record<string, string>> = { nbsp: '\u00a0', amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", ndash: '–', mdash: '—', hellip: '…', rarr: '→', larr: '←', times: '×', copy: '©', reg: '®', trade: '™', bull: '•', middot: '·' };

/** Characters that are written as HTML does: `&nbsp;`, `&#8594;`. They become text, never marks. */
function decoded(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}));/gi, (whole, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
    if (name !== undefined) return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? whole) : whole;
    const code = decimal !== undefined ? Number(decimal) : parseInt(hex ?? '', 16);
    return code >= 32 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** Without the marks. */
export function textOf(parts: readonly Inline[]): string {
  return parts.map((part) => (part.kind === 'break' ? ' ' : part.text)).join('');
}

function inlinePart(match: RegExpExecArray, depth: number): Inline | string | undefined {
  const [, escaped, , code, boldItalic, bold, bold2, italic, italic2, struck] = match;
  if (escaped !== undefined) return escaped;
  if (code !== undefined) return { kind: 'code', text: code.replace(/^ (.*) $/, '$1') };
  if (match[19] !== undefined) return { kind: 'break' };
  const inside = (text: string): Inline[] => (depth >= DEPTH_MAX ? [{ kind: 'text', text }] : inlineOf(text, depth + 1));
  const around = (kind: 'bold' | 'italic' | 'struck', text: string): Inline => {
    const parts = inside(text);
    return { kind, text: textOf(parts), inside: parts };
  };
  if (boldItalic !== undefined) {
    const soft = around('italic', boldItalic);
    return { kind: 'bold', text: textOf([soft]), inside: [soft] };
  }
  const strong = bold ?? bold2;
  if (strong !== undefined) return around('bold', strong);
  const soft = italic ?? italic2;
  if (soft !== undefined) return around('italic', soft);
  if (struck !== undefined) return around('struck', struck);
  return linkOf(match, inside);
}

function linkOf(match: RegExpExecArray, inside: (text: string) => Inline[]): Inline | undefined {
  const [linkedAlt, linkedSrc, linkedTo, alt, src, label, target, angled, bare] = match.slice(10);
  if (linkedSrc !== undefined || src !== undefined) {
    const address = safeSrc(linkedSrc ?? src ?? '');
    const href = linkedTo === undefined ? undefined : safeHref(linkedTo);
    return address === undefined ? undefined : { kind: 'image', text: linkedAlt ?? alt ?? '', src: address, ...(href ? { href } : {}) };
  }
  const address = target ?? angled ?? bare;
  const href = address === undefined ? undefined : safeHref(address);
  if (href === undefined || address === undefined) return undefined;
  const parts: Inline[] = label ? inside(label) : [{ kind: 'text', text: address }];
  return { kind: 'link', text: textOf(parts), href, inside: parts };
}

/** The address, if a click on it only opens a page: no scripts, no files. */
export function safeHref(text: string): string | undefined {
  if (/^\/(?![/\\])/.test(text)) return text;
  try {
    const url = new URL(text);
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** The address, if a picture may come from it: what the page's policy lets in. */
export function safeSrc(text: string): string | undefined {
  if (/^\/(?![/\\])/.test(text)) return text;
  if (/^data:image\/(png|jpe?g|gif|webp|avif|svg\+xml)[;,]/i.test(text)) return text;
  try {
    const url = new URL(text);
    return url.protocol === 'https:' ? url.href : undefined;
  } catch {
    return undefined;
  }
}
