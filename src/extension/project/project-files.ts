import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { PROJECT_FILE } from '../../project/project-file-name.ts';

/** The project files of the workspace folders: where there is one, and when one changes on disk. */
export class ProjectFiles implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.WorkspaceFolder>();
  readonly #watchers = new Map<string, vscode.Disposable>();
  #subscription: vscode.Disposable | undefined;

  /** Made, changed or deleted. */
  readonly onDidChange = this.#changed.event;

  /** From now on changes are told. The first watcher takes the editor some milliseconds. */
  watch(): void {
    this.#subscription ??= vscode.workspace.onDidChangeWorkspaceFolders(() => this.#watchAll());
    this.#watchAll();
  }

  get roots(): readonly vscode.WorkspaceFolder[] {
    return (vscode.workspace.workspaceFolders ?? []).filter((root) => root.uri.scheme === 'file');
  }

  has(root: vscode.WorkspaceFolder): boolean {
    return existsSync(join(root.uri.fsPath, PROJECT_FILE));
  }

  uriOf(root: vscode.WorkspaceFolder): vscode.Uri {
    return vscode.Uri.joinPath(root.uri, PROJECT_FILE);
  }

  /** The workspace folder whose project file this is. */
  rootOf(uri: vscode.Uri): vscode.WorkspaceFolder | undefined {
    return this.roots.find((root) => this.uriOf(root).toString() === uri.toString());
  }

  dispose(): void {
    this.#subscription?.dispose();
    for (const watcher of this.#watchers.values()) watcher.dispose();
    this.#changed.dispose();
  }

  #watchAll(): void {
    const wanted = new Map(this.roots.map((root) => [root.uri.toString(), root]));
    for (const [key, watcher] of this.#watchers) {
      if (wanted.has(key)) continue;
      watcher.dispose();
      this.#watchers.delete(key);
    }
    for (const [key, root] of wanted) {
      if (this.#watchers.has(key)) continue;
      const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(root, PROJECT_FILE));
      const tell = () => this.#changed.fire(root);
      watcher.onDidCreate(tell);
      watcher.onDidChange(tell);
      watcher.onDidDelete(tell);
      this.#watchers.set(key, watcher);
    }
  }
}
