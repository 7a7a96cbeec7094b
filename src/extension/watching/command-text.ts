import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';

/** A word as a shell would take it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The folder that a configuration names, relative to the workspace folder or with the variable for it; else that folder itself. */
export function folderAt(cwd: string | undefined, root: vscode.Uri | undefined): vscode.Uri | undefined {
  if (cwd === undefined || cwd === '') return root;
  const path = root ? cwd.replace(/\$\{workspace(?:Folder|Root)\}/g, root.fsPath) : cwd;
  // Other variables are the editor's to resolve, which it has done for whatever it started.
  if (path.includes('${')) return root;
  if (isAbsolute(path)) return vscode.Uri.file(path);
  return root && vscode.Uri.joinPath(root, path);
}
