import type * as vscode from 'vscode';

/** All that Markdown gives a meaning, and so all that a backslash takes it from. */
const PUNCTUATION = /[!-/:-@[-`{-~]/g;

/**
 * Adds a text as it is: nothing in it becomes markup, and nothing is lost as a tag or read as the character that an entity stands for, which
 * `appendText` lets happen. Its lines break between words.
 */
export function appendWords(markdown: vscode.MarkdownString, text: string): void {
  markdown.value += text.replace(PUNCTUATION, '\\$&').replace(/\s*\n\s*/g, '\n\n');
}
