import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { appendWords } from '../../src/extension/plain-markdown.ts';

const renderer = new MarkdownIt({ html: true, linkify: true });

/** What stands in the tooltip: its tags, and its text. */
function shown(text: string): string {
  const markdown = { value: '' };
  appendWords(markdown as never, text);
  return renderer.render(markdown.value).trim();
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

describe('words in a tooltip', () => {
  it.each([
    'A<img src="https:127.0.0.1:9/a.png">B',
    'A<img/src="x">B',
    '<b>bold</b>',
    'A<!-- hidden -->B',
    '<https://example.com>',
    '&lt;b&gt; &nbsp;&#60; &amp;',
    '[x](command:evil) ![y](z) `code` **a** _b_ ~~c~~ \\*d\\*',
    'https://example.com/a_b_c and ada@example.com',
    '# no heading',
    '- no list',
    '1. no list',
    '2) no list',
    '> no quote',
    '| a | b |',
    '--- 0.5 < 0.7 > 0.6 & more',
  ])('are shown as they were written: %s', (text) => {
    expect(shown(text)).toBe(`<p>${escaped(text)}</p>`);
  });

  it('stay apart where they stood on lines of their own', () => {
    expect(shown('one\ntwo\n\n  three')).toBe('<p>one</p>\n<p>two</p>\n<p>three</p>');
  });
});
