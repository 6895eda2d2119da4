import { describe, expect, it } from 'vitest';

import { eventBlocks, inlineOf, markdownBlocks, plainLine, safeHref } from './markdown';

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
  ['a\n---\nb', ['paragraph', 'rule', 'paragraph']],
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
  ['see https://a.b/c.', ['text see ', 'link https://a.b/c.']],
  ['[x](javascript:alert(1))', ['text [x](javascript:alert(1))']],
  ['[x](data:text/html,y)', ['text [x](data:text/html,y)']],
])('inline of %s', (text, expected) => {
  expect(inlineOf(text).map((part) => `${part.kind} ${part.text}`)).toEqual(expected);
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
