import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import type { ProjectFiles } from '../project/project-files.ts';
import type { Registries } from '../registries/registries.ts';
import type { Deployments } from './deployments.ts';
import type { WebhookSecrets } from './webhook-secrets.ts';

/**
 * In every workspace folder that is trusted and has a project file and a registry, deployed folders follow production, and what the file
 * wants after transitions is done. The work happens in the registry's thread.
 */
export function keepUpAll(options: {
  readonly registries: Registries;
  readonly projectFiles: ProjectFiles;
  readonly deployments: Deployments;
  readonly secrets: WebhookSecrets;
  readonly log: vscode.LogOutputChannel;
}): vscode.Disposable {
  const { registries, projectFiles, deployments, secrets, log } = options;
  const kept = new Set<string>();

  const update = async (root: vscode.WorkspaceFolder, isNewText: boolean) => {
    const registry = await registries.byRoot(root);
    const folder = root.uri.fsPath;
    const isWanted = vscode.workspace.isTrusted && projectFiles.has(root) && registry?.exists === true;
    if (isNewText || !isWanted) deployments.forget(folder);
    if (!isWanted) {
      kept.delete(folder);
      await registry?.connection.endKeepUp(folder);
      return;
    }
    if (kept.has(folder) && !isNewText) return;
    kept.add(folder);
    const webhooks = await registry.connection.webhooks(folder).catch(() => []);
    await registry.connection.keepUp(folder, await secrets.of(root, webhooks));
  };
  const quietly = (root: vscode.WorkspaceFolder, isNewText: boolean) =>
    void update(root, isNewText).catch((error: unknown) => log.warn(messageOf(error)));
  const updateAll = () => {
    for (const root of projectFiles.roots) quietly(root, false);
  };
  updateAll();
  const subscriptions = [
    projectFiles.onDidChange((root) => quietly(root, true)),
    secrets.onDidChange((root) => quietly(root, true)),
    // A registry was made.
    registries.onDidChange((dir) => (dir === undefined ? updateAll() : undefined)),
    vscode.workspace.onDidGrantWorkspaceTrust(updateAll),
    vscode.workspace.onDidChangeWorkspaceFolders(({ removed }) => {
      for (const { uri } of removed) {
        kept.delete(uri.fsPath);
        deployments.forget(uri.fsPath);
      }
      updateAll();
    }),
  ];
  return vscode.Disposable.from(...subscriptions);
}
