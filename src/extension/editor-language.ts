import * as vscode from 'vscode';
import type { Language } from '../base/language.ts';

/** The language of the editor, as far as the extension has its texts; undefined where it stays with English. */
export function editorLanguage(): Language | undefined {
  const texts = vscode.l10n.bundle;
  return texts === undefined ? undefined : { tag: vscode.env.language, texts };
}
