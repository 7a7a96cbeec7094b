import type * as vscode from 'vscode';

/** A number at the beginning of a line would begin a list. */
const SPACES = /(?<!^\d+[.)])&nbsp;/g;

/** Adds a text as it is: nothing in it becomes markup. Its lines break between words; with `appendText` alone, which joins these, within them. */
export function appendWords(markdown: vscode.MarkdownString, text: string): void {
  const { value } = markdown;
  markdown.appendText(text);
  markdown.value = value + markdown.value.slice(value.length).replace(SPACES, ' ');
}
