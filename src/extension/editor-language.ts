import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Language } from '../base/language.ts';

/** The language of the editor, as far as the extension has its texts; undefined where it stays with English. */
export function editorLanguage(): Language | undefined {
  const texts = vscode.l10n.bundle;
  return texts === undefined ? undefined : { tag: vscode.env.language, texts };
}

/** The texts of the core in that language: a file beside the extension's own, which is read when the first of them is shown. */
export function coreTexts(): (() => Readonly<Record<string, string>>) | undefined {
  const own = vscode.l10n.uri;
  if (own === undefined) return undefined;
  const file = own.fsPath.replace(/bundle\.l10n\.([\w-]+\.json)$/, 'core.l10n.$1');
  return () => {
    const texts: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Object.fromEntries(
      Object.entries(Object(texts)).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
    );
  };
}
