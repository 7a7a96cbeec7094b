import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import type { Registries } from '../registries/registries.ts';
import type { CommandsWatch } from './commands-watch.ts';
import type { OutputsWatch } from './outputs-watch.ts';

const POLL_MS = 2000;

export interface FollowOptions {
  readonly registries: Registries;
  readonly outputs: OutputsWatch;
  readonly commands: CommandsWatch;
  readonly views: readonly vscode.TreeView<unknown>[];
  readonly log: vscode.LogOutputChannel;
}

/**
 * Notices what happens outside this window. What others append to an open registry its thread notices by itself; here it is about
 * registries that are made or removed, and about what happened while the window was in the background.
 */
export function followOthers({ registries, outputs, commands, views, log }: FollowOptions): vscode.Disposable {
  const quietly = (task: Promise<unknown>) => void task.catch((error: unknown) => log.warn(messageOf(error)));
  const poll = setInterval(() => {
    if (views.some((view) => view.visible)) quietly(registries.relocate());
  }, POLL_MS);
  const lookAgain = async () => {
    await registries.relocate();
    for (const { connection } of await registries.existing()) await connection.registry.refresh();
    await outputs.rescan();
  };
  const subscriptions = [
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) quietly(lookAgain());
    }),
    commands.onDidBegin((command) => quietly(outputs.commandBegan(command))),
    commands.onDidEnd((ended) => quietly(outputs.commandEnded(ended))),
    vscode.workspace.onDidSaveNotebookDocument(() => quietly(outputs.rescan())),
    vscode.workspace.onDidChangeWorkspaceFolders(() => quietly(registries.relocate())),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('modelRegistry.registryPath')) quietly(registries.relocate());
      if (change.affectsConfiguration('modelRegistry.headlineMetric')) registries.announce();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => quietly(registries.relocate())),
  ];
  return new vscode.Disposable(() => {
    clearInterval(poll);
    for (const subscription of subscriptions) subscription.dispose();
  });
}
