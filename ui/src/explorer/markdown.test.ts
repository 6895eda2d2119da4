import { describe, expect, it } from 'vitest';

import { eventBlocks, inlineOf, markdownBlocks, plainLine, safeHref, safeSrc, type Block, type Inline } from './markdown';

describe('events', () => {
  it('are Markdown only between %%%', () => {
    expect(eventBlocks('a **b**\n%%%\n**c**\n%%%\nd').map((block) => block.kind)).toEqual(['plain', 'paragraph', 'plain']);
  });
  it('without an end are Markdown to the end', () => {
    expect(eventBlocks('%%%\n# T').map((block) => block.kind)).toEqual(['heading']);
  });
  it('keep HTML as text', () => {
    const html = '<img src=x onerror=alert(1)>';
    expect(eventBlocks(html)).toEqual([{ kind: 'plain', text: html }]);
    expect(eventBlocks(`%%%\n${html}\n%%%`)).toEqual([{ kind: 'paragraph', inline: [{ kind: 'text', text: html }] }]);
  });
  it('of any length are shown whole', () => {
    const long = 'x'.repeat(30_000);
    expect(eventBlocks(long).reduce((n, block) => n + (block.kind === 'plain' ? block.text.length : 0), 0)).toBe(30_000);
  });
});

it.each([
  ['# T', ['heading']],
  ['a\nb\n\nc', ['paragraph', 'paragraph']],
  ['- a\n- b\n1. c', ['list', 'list']],
  ['```sh\n# x\n```\ny', ['code', 'paragraph']],
  ['```\nnever closed', ['code']],
  ['> a\n> b\nc', ['quote', 'paragraph']],
  ['a\n\n---\nb', ['paragraph', 'rule', 'paragraph']],
  ['a\n---\nb', ['heading', 'paragraph']],
  ['* * *', ['rule']],
  ['', []],
])('blocks of %j', (text, kinds) => {
  expect(markdownBlocks(text).map((block) => block.kind)).toEqual(kinds);
});

it.each([
  ['a `b*c*` d', ['text a ', 'code b*c*', 'text  d']],
  ['**b** *i* __b__ _i_', ['bold b', 'text  ', 'italic i', 'text  ', 'bold b', 'text  ', 'italic i']],
  ['snake_case_name 2*3*4', ['text snake_case_name 2', 'italic 3', 'text 4']],
  ['[x](https://a.b/c)', ['link x']],
  ['see https://a.b/c.', ['text see ', 'link https://a.b/c', 'text .']],
  ['[x](javascript:alert(1))', ['text [x](javascript:alert(1))']],
  ['[x](data:text/html,y)', ['text [x](data:text/html,y)']],
  ['![logo](https://a.b/c.png "t") ![x](javascript:y)', ['image logo', 'text  ![x](javascript:y)']],
  ['[![logo](https://a.b/c.png)](https://a.b)', ['image logo']],
  ['***both*** ~~no~~', ['bold both', 'text  ', 'struck no']],
  ['\\*plain\\* 2 * 3 * 4', ['text *plain* 2 * 3 * 4']],
  ['a  \nb<br>c', ['text a', 'break', 'text b', 'break', 'text c']],
  ['``a`b`` <https://a.b/>', ['code a`b', 'text  ', 'link https://a.b/']],
  ['[wiki](https://a.b/c_(d))', ['link wiki']],
  ['a&nbsp;b &lt;script&gt; &#8594; &#x2192; &nothing; &#0; &#99999999; R&D', ['text a\u00a0b <script> → → &nothing; &#0; &#99999999; R&D']],
  ['**a&amp;b**', ['bold a&b']],
])('inline of %s', (text, expected) => {
  expect(inlineOf(text).map((part) => (part.kind === 'break' ? 'break' : `${part.kind} ${part.text}`))).toEqual(expected);
});

it.each([
  ['https://a/b', 'https://a/b'],
  ['/event/explorer', '/event/explorer'],
  ['//evil.example', undefined],
  ['/\\evil.example', undefined],
  ['javascript:alert(1)', undefined],
  ['JaVaScRiPt:alert(1)', undefined],
  ['vbscript:x', undefined],
  ['mailto:a@b.c', 'mailto:a@b.c'],
])('href of %s', (text, expected) => {
  expect(safeHref(text)).toBe(expected);
});

it('a line for lists', () => {
  expect(plainLine('%%%\n# Title\n**Build** by *marge* `make` 2*3 [x](http://y)\n- a\n```\ncode\n```\n%%%')).toBe('Title Build by marge make 2*3 x a code');
});

/** The tree on one line: `ul(item(text) …)`. */
const outline = (blocks: readonly Block[]): string =>
  blocks
    .map((block) => {
      if (block.kind === 'list') return `${block.isOrdered ? 'ol' : 'ul'}(${block.items.map((item) => `${mark(item.isDone)}${lineOf(item.inline)}${item.blocks.length > 0 ? ` ${outline(item.blocks)}` : ''}`).join('; ')})`;
      if (block.kind === 'table') return `table(${block.aligns.map((align) => align ?? '-').join(' ')}: ${[block.head, ...block.rows].map((row) => row.map(lineOf).join(' | ')).join(' / ')})`;
      if (block.kind === 'quote') return `quote(${outline(block.blocks)})`;
      if (block.kind === 'heading') return `h${block.level}(${lineOf(block.inline)})`;
      if (block.kind === 'paragraph') return lineOf(block.inline);
      return block.kind;
    })
    .join(' ');
const mark = (isDone: boolean | undefined) => (isDone === undefined ? '' : isDone ? '[x] ' : '[ ] ');
const lineOf = (parts: readonly Inline[]): string => parts.map((part) => (part.kind === 'break' ? '⏎' : part.kind === 'text' ? part.text : `<${part.kind} ${'inside' in part ? lineOf(part.inside) : part.text}>`)).join('');

it.each([
  ['- a\n  - b\n    - c\n- d', 'ul(a ul(b ul(c)); d)'],
  ['1. a\n2. b\n   ```\n   code\n   ```\n3. c', 'ol(a; b code; c)'],
  ['3. c\n4. d', 'ol(c; d)'],
  ['- a\n\n- b\n\nc', 'ul(a; b) c'],
  ['- long\nline\n- b', 'ul(long\nline; b)'],
  ['- [ ] todo\n- [x] done', 'ul([ ] todo; [x] done)'],
  ['| a | b |\n|---|--:|\n| 1 | **2** |\n| 3 |', 'table(- right: a | b / 1 | <bold 2> / 3 | )'],
  ['text\n| a | b |\n| :-: | - |\n| x \\| y | z |\nend', 'text table(center -: a | b / x | y | z) end'],
  ['a | b, no table', 'a | b, no table'],
  ['Title\n===\nand\n\nSub\n---', 'h1(Title) and h2(Sub)'],
  ['> a\n> - b\n> > c', 'quote(a ul(b) quote(c))'],
  ['**[Docs](https://a.b)** and [**b** x](https://a.b)', '<bold <link Docs>> and <link <bold b> x>'],
  ['*a **b** c*', '<italic a <bold b> c>'],
])('tree of %j', (text, expected) => {
  expect(outline(markdownBlocks(text))).toBe(expected);
});

it('takes hostile text apart in time', () => {
  const bombs = ['*'.repeat(8000), '[' .repeat(8000), '> '.repeat(3000), '|'.repeat(8000) + '\n' + '|-'.repeat(8000), '- '.repeat(4000), '![a]('.repeat(2000), '`'.repeat(9000), '**a'.repeat(3000), ' - x\n'.repeat(2000)];
  const start = performance.now();
  for (const bomb of bombs) expect(() => markdownBlocks(bomb)).not.toThrow();
  expect(performance.now() - start).toBeLessThan(3000);
});

it.each([
  ['https://a/b.png', 'https://a/b.png'],
  ['/logo.svg', '/logo.svg'],
  ['data:image/png;base64,AAAA', 'data:image/png;base64,AAAA'],
  ['http://a/b.png', undefined],
  ['data:text/html,x', undefined],
  ['javascript:alert(1)', undefined],
  ['//evil.example/x.png', undefined],
])('source of %s', (text, expected) => {
  expect(safeSrc(text)).toBe(expected);
});
