import { realpathSync } from 'node:fs';
import type * as vscode from 'vscode';

/** The path of a folder on this disk without links, by which windows recognise it; undefined where it is elsewhere or gone. */
export function realPathOf({ scheme, fsPath }: vscode.Uri): string | undefined {
  if (scheme !== 'file') return undefined;
  try {
    return realpathSync.native(fsPath);
  } catch {
    return undefined;
  }
}
