import * as vscode from 'vscode';
import { t } from '../../base/language.ts';
import { tellBriefly } from '../notify.ts';
import { oneLine } from '../version-text.ts';

/** Copies what a page asks for, and says so where a page has no room for it. */
export async function copyText({ text, what }: { readonly text: string; readonly what: string }): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  tellBriefly(t('Copied {what}', { what: oneLine(what) }));
}
