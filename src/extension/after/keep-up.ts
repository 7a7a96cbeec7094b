import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import type { ProjectFiles } from '../project/project-files.ts';
import type { Registries } from '../registries/registries.ts';
import type { RegistryConnection } from '../registries/registry-connection.ts';
import type { Deployments } from './deployments.ts';
import type { WebhookSecrets } from './webhook-secrets.ts';

/**
 * In every workspace folder that is trusted and has a project file and a registry, deployed folders follow production, and what the file
 * wants after transitions is done. The work happens in the registry's thread.
 */
export function keepUpAll(options: {
  readonly registries: Pick<Registries, 'byRoot' | 'onDidChange'>;
  readonly projectFiles: Pick<ProjectFiles, 'roots' | 'has' | 'onDidChange'>;
  readonly deployments: Pick<Deployments, 'forget'>;
  readonly secrets: Pick<WebhookSecrets, 'of' | 'onDidChange'>;
  readonly log: Pick<vscode.LogOutputChannel, 'warn'>;
}): vscode.Disposable {
  const { registries, projectFiles, deployments, secrets, log } = options;
  const kept = new Map<string, RegistryConnection>();
  const failed = new Set<string>();

  const end = async (folder: string) => {
    const connection = kept.get(folder);
    kept.delete(folder);
    failed.delete(folder);
    await connection?.endKeepUp(folder);
  };

  const update = async (root: vscode.WorkspaceFolder, isNewText: boolean) => {
    const registry = await registries.byRoot(root);
    const folder = root.uri.fsPath;
    // The folder may have been removed while its registry was looked for.
    const isOpen = projectFiles.roots.some(({ uri }) => uri.fsPath === folder);
    const isWanted = isOpen && vscode.workspace.isTrusted && projectFiles.has(root) && registry?.exists === true;
    if (isNewText || !isWanted) deployments.forget(folder);
    if (!isWanted) {
      await end(folder);
      return;
    }
    const { connection } = registry;
    const before = kept.get(folder);
    if (before === connection && !isNewText && !failed.has(folder)) return;
    if (before !== undefined && before !== connection) await end(folder);
    kept.set(folder, connection);
    failed.delete(folder);
    try {
      const webhooks = await connection.webhooks(folder).catch(() => []);
      const known = await secrets.of(root, webhooks);
      // Or meanwhile.
      if (kept.get(folder) === connection) await connection.keepUp(folder, known);
    } catch (error) {
      if (kept.get(folder) === connection) failed.add(folder);
      throw error;
    }
  };
  const quietly = (work: Promise<void>) => void work.catch((error: unknown) => log.warn(messageOf(error)));
  const updateAll = () => {
    for (const root of projectFiles.roots) quietly(update(root, false));
  };
  updateAll();
  const subscriptions = [
    projectFiles.onDidChange((root) => quietly(update(root, true))),
    secrets.onDidChange((root) => quietly(update(root, true))),
    // A registry was made, or answers again.
    registries.onDidChange((dir) => (dir === undefined || failed.size > 0 ? updateAll() : undefined)),
    vscode.workspace.onDidGrantWorkspaceTrust(updateAll),
    vscode.workspace.onDidChangeWorkspaceFolders(({ removed }) => {
      for (const { uri } of removed) {
        quietly(end(uri.fsPath));
        deployments.forget(uri.fsPath);
      }
      updateAll();
    }),
  ];
  return vscode.Disposable.from(...subscriptions);
}
