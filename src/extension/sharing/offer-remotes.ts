import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import { inform } from '../notify.ts';
import type { ProjectFiles } from '../project/project-files.ts';
import type { Registries } from '../registries/registries.ts';
import { oneLine } from '../version-text.ts';
import type { TrustedRemotes } from './trusted-remotes.ts';

/**
 * A project file may name the storage that its team shares. That is a proposal: nothing is asked of it before this person has said yes, and
 * nobody is asked twice.
 */
export function offerRemotes(options: {
  readonly registries: Registries;
  readonly projectFiles: ProjectFiles;
  readonly remotes: TrustedRemotes;
  readonly log: vscode.LogOutputChannel;
}): vscode.Disposable {
  const { registries, projectFiles, remotes, log } = options;

  const offer = async (root: vscode.WorkspaceFolder) => {
    if (!vscode.workspace.isTrusted || !projectFiles.has(root)) return;
    const registry = await registries.byRoot(root);
    const url = (await registry?.connection.project(root.uri.fsPath).catch(() => undefined))?.remote;
    if (!registry || url === undefined || remotes.answerFor(root.uri, url) !== undefined) return;
    if (registry.exists && (await registry.connection.registry.remote())) return;
    const chosen = await inform(
      t('{name} proposes to share its model registry through {url}. Nothing is sent there unless you connect it.', {
        name: root.name,
        url: oneLine(url, 200),
      }),
      t('Connect…'),
    );
    // Closing the question is an answer, too: the command stays.
    await remotes.remember(root.uri, url, chosen === undefined ? 'no' : 'yes');
    if (chosen === undefined) return;
    if (!registry.exists) await registry.connection.make();
    await registries.relocate();
    await vscode.commands.executeCommand('modelRegistry.connectStorage', { registryDir: registry.dir, url });
  };

  const quietly = (root: vscode.WorkspaceFolder) =>
    void offer(root).catch((error: unknown) => log.warn(messageOf(error)));
  for (const root of projectFiles.roots) quietly(root);
  return projectFiles.onDidChange(quietly);
}
