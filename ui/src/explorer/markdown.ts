/**
 * The part of Markdown that people write into events, as a tree without any HTML: what is not
 * understood stays text. An event's text is Markdown between `%%%` lines, and plain outside.
 */

export type Inline =
  | { kind: 'text' | 'bold' | 'italic' | 'code'; text: string }
  | { kind: 'link'; text: string; href: string };

export type Block =
  | { kind: 'plain'; text: string }
  | { kind: 'paragraph' | 'quote'; inline: Inline[] }
  | { kind: 'heading'; level: number; inline: Inline[] }
  | { kind: 'list'; isOrdered: boolean; items: Inline[][] }
  | { kind: 'code'; text: string }
  | { kind: 'rule' };

/** Longest text that is taken apart; the rest is shown plainly. Events hold 4000 characters. */
const CHARS_MAX = 20_000;

/** An event's text: Markdown between `%%%`, plain elsewhere. */
export function eventBlocks(text: string): Block[] {
  const parts = text.slice(0, CHARS_MAX).split('%%%');
  const blocks = parts.flatMap((part, i): Block[] => {
    const trimmed = part.replace(/^\s*\n|\s+$/g, '');
    if (trimmed.trim() === '') return [];
    return i % 2 === 1 ? markdownBlocks(trimmed) : [{ kind: 'plain', text: trimmed }];
  });
  return text.length > CHARS_MAX ? [...blocks, { kind: 'plain', text: text.slice(CHARS_MAX) }] : blocks;
}

/** One line of it, for lists. */
export function plainLine(text: string, max = 300): string {
  return text
    .slice(0, max * 4)
    .replace(/%%%|```\w*|\*\*|__/g, ' ')
    .replace(/`([^`\n]+)`|(?<=\s)\*([^*\n]+)\*(?=\W|$)/g, '$1$2')
    .replace(/\[([^\]\n]{0,200})\]\([^)\s]*\)/g, '$1')
    .replace(/^\s{0,3}(#{1,6}|[-*>])\s/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, max);
}

export function markdownBlocks(text: string): Block[] {
  const lines = text.split(/\r?\n/);
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) at = takeBlock(lines, at, blocks);
  return blocks;
}

const LIST = /^\s{0,3}(?:([-*+])|(\d{1,4})[.)])\s+(.*)$/;
const HEADING = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*$/;
const FENCE = /^\s{0,3}(```|~~~)/;
const QUOTE = /^\s{0,3}>\s?/;
const RULE = /^\s{0,3}([-*_])\s*(\1\s*){2,}$/;

/** Takes the block that starts at a line; answers the line after it. */
function takeBlock(lines: readonly string[], at: number, blocks: Block[]): number {
  const line = lines[at] ?? '';
  if (line.trim() === '') return at + 1;
  if (FENCE.test(line)) return takeFence(lines, at, blocks);
  if (RULE.test(line)) {
    blocks.push({ kind: 'rule' });
    return at + 1;
  }
  const heading = HEADING.exec(line);
  if (heading) {
    blocks.push({ kind: 'heading', level: heading[1]?.length ?? 1, inline: inlineOf(heading[2] ?? '') });
    return at + 1;
  }
  if (LIST.test(line)) return takeList(lines, at, blocks);
  const isQuote = QUOTE.test(line);
  const end = whileLines(lines, at, (next) => (isQuote ? QUOTE.test(next) : isParagraph(next)));
  const body = lines.slice(at, end).map((next) => (isQuote ? next.replace(QUOTE, '') : next.trim()));
  blocks.push({ kind: isQuote ? 'quote' : 'paragraph', inline: inlineOf(body.join('\n')) });
  return end;
}

function isParagraph(line: string): boolean {
  return line.trim() !== '' && ![FENCE, HEADING, LIST, QUOTE, RULE].some((other) => other.test(line));
}

/** The first line from `at + 1` that `holds` does not accept. */
function whileLines(lines: readonly string[], at: number, holds: (line: string) => boolean): number {
  let end = at + 1;
  while (end < lines.length && holds(lines[end] ?? '')) end += 1;
  return end;
}

function takeFence(lines: readonly string[], at: number, blocks: Block[]): number {
  const fence = FENCE.exec(lines[at] ?? '')?.[1] ?? '```';
  const end = whileLines(lines, at, (line) => !line.trim().startsWith(fence));
  blocks.push({ kind: 'code', text: lines.slice(at + 1, end).join('\n') });
  return end + 1;
}

function takeList(lines: readonly string[], at: number, blocks: Block[]): number {
  const isOrdered = LIST.exec(lines[at] ?? '')?.[2] !== undefined;
  const isOf = (line: string) => {
    const item = LIST.exec(line);
    return item !== null && (item[2] !== undefined) === isOrdered && !RULE.test(line);
  };
  const end = whileLines(lines, at, isOf);
  const items = lines.slice(at, end).map((line) => inlineOf(LIST.exec(line)?.[3] ?? ''));
  blocks.push({ kind: 'list', isOrdered, items });
  return end;
}

const INLINE =
  /`([^`\n]+)`|\*\*([^*\n]+)\*\*|__([^_\n]+)__|\*([^*\n]+)\*|\b_([^_\n]+)_\b|\[([^\]\n]*)\]\(([^()\s]+)\)|(https?:\/\/[^\s<>"')\]]+)/g;

export function inlineOf(text: string): Inline[] {
  const parts: Inline[] = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    const part = inlinePart(match);
    if (!part) continue;
    if (match.index > at) parts.push({ kind: 'text', text: text.slice(at, match.index) });
    parts.push(part);
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push({ kind: 'text', text: text.slice(at) });
  return parts;
}

function inlinePart(match: RegExpExecArray): Inline | undefined {
  const [, code, bold, bold2, italic, italic2, label, target, url] = match;
  if (code !== undefined) return { kind: 'code', text: code };
  const strong = bold ?? bold2;
  if (strong !== undefined) return { kind: 'bold', text: strong };
  const soft = italic ?? italic2;
  if (soft !== undefined) return { kind: 'italic', text: soft };
  const address = url ?? target;
  const href = address === undefined ? undefined : safeHref(address);
  return href === undefined ? undefined : { kind: 'link', text: label || (address ?? ''), href };
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
