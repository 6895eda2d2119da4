/**
 * The Markdown that people write into events and notes, as a tree without any HTML: what is not
 * understood stays text. An event's text is Markdown between `%%%` lines, and plain outside.
 */
import { inlineOf, type Inline } from './markdown-inline';

export { inlineOf, safeHref, safeSrc, type Inline } from './markdown-inline';

export type Align = 'left' | 'center' | 'right' | undefined;

export interface ListItem {
  inline: Inline[];
  /** What is under it: lists, paragraphs, code. */
  blocks: Block[];
  /** Of a list of tasks. */
  isDone?: boolean;
}

export type Block =
  | { kind: 'plain'; text: string }
  | { kind: 'paragraph'; inline: Inline[] }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'heading'; level: number; inline: Inline[] }
  | { kind: 'list'; isOrdered: boolean; start: number; items: ListItem[] }
  | { kind: 'table'; aligns: Align[]; head: Inline[][]; rows: Inline[][][] }
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

export function markdownBlocks(text: string, depth = 0): Block[] {
  const lines = text.slice(0, CHARS_MAX).split(/\r?\n/);
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) at = takeBlock(lines, at, blocks, depth);
  if (text.length > CHARS_MAX) blocks.push({ kind: 'plain', text: text.slice(CHARS_MAX) });
  return blocks;
}

/** Lists in lists in quotes: deeper is shown as typed. */
const DEPTH_MAX = 8;

const LIST = /^(\s*)(?:([-*+])|(\d{1,9})[.)])(?:\s+(.*)|\s*)$/;
const TASK = /^\[([ xX])\]\s+/;
const HEADING = /^\s{0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$/;
const FENCE = /^\s{0,3}(```+|~~~+)/;
const QUOTE = /^\s{0,3}>\s?/;
const RULE = /^\s{0,3}([-*_])\s*(\1\s*){2,}$/;
const UNDERLINE = /^\s{0,3}(=+|-{2,})\s*$/;
const DELIMITER = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** Takes the block that starts at a line; answers the line after it. */
function takeBlock(lines: readonly string[], at: number, blocks: Block[], depth: number): number {
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
  if (depth < DEPTH_MAX && LIST.test(line)) return takeList(lines, at, blocks, depth);
  if (depth < DEPTH_MAX && QUOTE.test(line)) {
    const end = whileLines(lines, at, (next) => QUOTE.test(next));
    const body = lines.slice(at, end).map((next) => next.replace(QUOTE, ''));
    blocks.push({ kind: 'quote', blocks: markdownBlocks(body.join('\n'), depth + 1) });
    return end;
  }
  if (isTable(lines, at)) return takeTable(lines, at, blocks);
  return takeParagraph(lines, at, blocks);
}

function takeParagraph(lines: readonly string[], at: number, blocks: Block[]): number {
  const end = whileLines(lines, at, (next, place) => isParagraph(next) && !isTable(lines, place));
  const inline = inlineOf(lines.slice(at, end).map((line) => line.trimStart()).join('\n').trimEnd());
  const underline = UNDERLINE.exec(lines[end] ?? '');
  // `Title` over `===`. A rule under a text of several lines stays a rule.
  if (underline && (underline[1]?.startsWith('=') || end === at + 1)) {
    blocks.push({ kind: 'heading', level: underline[1]?.startsWith('=') ? 1 : 2, inline });
    return end + 1;
  }
  blocks.push({ kind: 'paragraph', inline });
  return end;
}

function isParagraph(line: string): boolean {
  return line.trim() !== '' && ![FENCE, HEADING, LIST, QUOTE, RULE, UNDERLINE].some((other) => other.test(line));
}

/** The first line from `at + 1` that `holds` does not accept. */
function whileLines(lines: readonly string[], at: number, holds: (line: string, place: number) => boolean): number {
  let end = at + 1;
  while (end < lines.length && holds(lines[end] ?? '', end)) end += 1;
  return end;
}

function takeFence(lines: readonly string[], at: number, blocks: Block[]): number {
  const fence = FENCE.exec(lines[at] ?? '')?.[1] ?? '```';
  const end = whileLines(lines, at, (line) => !line.trim().startsWith(fence));
  blocks.push({ kind: 'code', text: lines.slice(at + 1, end).join('\n') });
  return end + 1;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** Items of one kind and indent; what is indented further belongs to the item above it. */
function takeList(lines: readonly string[], start: number, blocks: Block[], depth: number): number {
  const first = LIST.exec(lines[start] ?? '');
  const indent = first?.[1]?.length ?? 0;
  const isOrdered = first?.[3] !== undefined;
  const isItem = (line: string) => {
    const item = LIST.exec(line);
    return item !== null && (item[3] !== undefined) === isOrdered && !RULE.test(line) && indentOf(line) <= indent + 1;
  };
  const items: ListItem[] = [];
  let at = start;
  while (at < lines.length && isItem(lines[at] ?? '')) {
    const end = whileLines(lines, at, (line, place) => belongs(lines, place, indent, line));
    items.push(itemOf(lines.slice(at, end), depth));
    at = end;
    // A blank line between two items does not end the list.
    if ((lines[at] ?? '').trim() === '' && isItem(lines[at + 1] ?? '')) at += 1;
  }
  blocks.push({ kind: 'list', isOrdered, start: Number(first?.[3] ?? 1), items });
  return at;
}

/** Whether a line goes on with the item above it. */
function belongs(lines: readonly string[], at: number, indent: number, line: string): boolean {
  if (line.trim() === '') {
    const next = lines[at + 1] ?? '';
    return next.trim() !== '' && indentOf(next) > indent + 1;
  }
  if (indentOf(line) > indent + 1) return true;
  // The second line of the same text, without an indent.
  return isParagraph(line) && (lines[at - 1] ?? '').trim() !== '' && indentOf(lines[at - 1] ?? '') <= indent + 1;
}

function itemOf(lines: readonly string[], depth: number): ListItem {
  const own = LIST.exec(lines[0] ?? '')?.[4] ?? '';
  const rest = lines.slice(1);
  const textEnd = rest.findIndex((line) => !isParagraph(line));
  const text = [own, ...(textEnd < 0 ? rest : rest.slice(0, textEnd)).map((line) => line.trimStart())].join('\n');
  const below = textEnd < 0 ? [] : rest.slice(textEnd);
  const least = Math.min(...below.filter((line) => line.trim() !== '').map(indentOf));
  const blocks = below.length === 0 ? [] : markdownBlocks(below.map((line) => line.slice(least)).join('\n'), depth + 1);
  const task = TASK.exec(text);
  const item: ListItem = { inline: inlineOf(task ? text.slice(task[0].length) : text), blocks };
  return task ? { ...item, isDone: task[1] !== ' ' } : item;
}

const isTable = (lines: readonly string[], at: number): boolean =>
  (lines[at] ?? '').includes('|') && DELIMITER.test(lines[at + 1] ?? '') && (lines[at + 1] ?? '').includes('-') && cellsOf(lines[at] ?? '').length === cellsOf(lines[at + 1] ?? '').length;

function takeTable(lines: readonly string[], at: number, blocks: Block[]): number {
  const head = cellsOf(lines[at] ?? '');
  const aligns = cellsOf(lines[at + 1] ?? '').map(alignOf);
  const end = whileLines(lines, at + 1, (line) => line.includes('|') && line.trim() !== '');
  const rows = lines.slice(at + 2, end).map((line) => {
    const cells = cellsOf(line);
    return head.map((_, column) => inlineOf(cells[column] ?? ''));
  });
  blocks.push({ kind: 'table', aligns, head: head.map((cell) => inlineOf(cell)), rows });
  return end;
}

function cellsOf(line: string): string[] {
  const inner = line.trim().replace(/^\|/, '').replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function alignOf(cell: string): Align {
  if (cell.endsWith(':')) return cell.startsWith(':') ? 'center' : 'right';
  return cell.startsWith(':') ? 'left' : undefined;
}
